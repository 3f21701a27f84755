package dev.inboard.postgresql;

import static dev.inboard.postgresql.TestComponents.at;
import static dev.inboard.postgresql.TestComponents.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.inboard.spi.configuration.ConfigurationReceiver;
import dev.inboard.spi.configuration.StoredItem;
import dev.inboard.test.server.PostgresServer;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What a sidecar's table may hold, and watches on bad days. */
@Timeout(180)
class PostgresConfigurationIT {
  @RegisterExtension static final PostgresServer server = PostgresServer.shared();

  private String database = "";
  private final AtomicReference<Map<String, StoredItem>> told = new AtomicReference<>(Map.of());
  private final ConfigurationReceiver receiver =
      new ConfigurationReceiver() {
        @Override
        public void changed(Map<String, @Nullable StoredItem> items) {
          throw new AssertionError("everything is told each time");
        }

        @Override
        public void reset(Map<String, StoredItem> items) {
          told.set(items);
        }
      };

  @BeforeEach
  void createTable() {
    database = server.createDatabase();
    ConfigurationTrigger.install(server.jdbcUrl(database));
  }

  private PostgresConfigurationDriver open(String channel, String pollInterval) {
    return TestComponents.configuration(
        "connectionString",
        at(server, database),
        "table",
        "settings",
        "pgNotifyChannel",
        channel,
        "pollInterval",
        pollInterval);
  }

  private void execute(String sql) {
    ConfigurationTrigger.execute(server.jdbcUrl(database), sql);
  }

  private void awaitTold(String value) {
    Awaitility.await()
        .atMost(Duration.ofSeconds(90))
        .until(() -> told.get().containsKey("a") && told.get().get("a").value().equals(value));
  }

  @Test
  @DisplayName("of several rows the highest version counts; metadata is read")
  void rowsOfASidecar() {
    execute(
        """
        INSERT INTO settings VALUES ('a', 'second', '2', NULL), ('a', 'tenth', '10', '{"by": "me"}'),
          ('a', 'odd', 'latest', '[1]'), ('b', 'only', 'x', '{"n": 1, "none": null}')""");
    try (PostgresConfigurationDriver driver = open("config", "1h")) {
      assertThat(await(driver.get(Set.of())))
          .isEqualTo(
              Map.of(
                  "a", new StoredItem("tenth", "10", Map.of("by", "me")),
                  "b", new StoredItem("only", "x", Map.of("n", "1", "none", ""))));
    }
  }

  @Test
  @DisplayName("what changes while the connection is lost is told afterwards")
  void lostConnections() throws SQLException {
    try (PostgresConfigurationDriver driver = open("config", "1h")) {
      var unused = await(driver.watch(Set.of("a"), receiver));
      for (String value : new String[] {"1", "2", "3"}) {
        server.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '"
                + database
                + "' AND application_name = 'inboard'");
        ConfigurationTrigger.put(server.jdbcUrl(database), "a", value, "");
        awaitTold(value);
      }
    }
  }

  @Test
  @DisplayName("without trigger, polling finds what has changed")
  void polling() throws SQLException {
    execute("DROP TRIGGER tell ON settings");
    try (PostgresConfigurationDriver driver = open("config", "20ms")) {
      var unused = await(driver.watch(Set.of("a"), receiver));
      ConfigurationTrigger.put(server.jdbcUrl(database), "a", "polled", "");
      awaitTold("polled");
    }
  }

  @Test
  @DisplayName("a table that is missing is refused with the statement that makes it")
  void missingTable() {
    assertThatThrownBy(
            () ->
                TestComponents.configuration(
                    "connectionString", at(server, database), "table", "nowhere"))
        .hasMessageContaining("NOT_FOUND")
        .hasMessageContaining("CREATE TABLE nowhere");
  }
}
