package dev.inboard.postgresql;

import static dev.inboard.postgresql.TestComponents.at;
import static dev.inboard.postgresql.TestComponents.await;
import static dev.inboard.postgresql.TestComponents.put;
import static dev.inboard.postgresql.TestComponents.text;
import static org.assertj.core.api.Assertions.assertThat;

import dev.inboard.spi.configuration.ConfigurationReceiver;
import dev.inboard.spi.configuration.StoredItem;
import dev.inboard.spi.state.OutboxStateStoreDriver.OutboxEvent;
import dev.inboard.spi.state.StateOperation;
import dev.inboard.spi.workflow.Node;
import dev.inboard.test.server.PgBouncer;
import dev.inboard.test.server.PostgresServer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicReference;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A pooler between, which gives every transaction any of its two connections: what stays on one
 * would meet other clients, and would be missing on the other.
 */
@Timeout(180)
class PgBouncerIT {
  @RegisterExtension static final PostgresServer server = PostgresServer.shared();

  @RegisterExtension static final PgBouncer pooler = PgBouncer.create(server, 2);

  private String database = "";

  @BeforeEach
  void createDatabase() {
    database = server.createDatabase();
  }

  private String pooled() {
    return at(pooler.port(), database);
  }

  @ParameterizedTest
  @ValueSource(strings = {"exec", "simple_protocol"})
  @DisplayName("state: many callers of two stores share the two connections")
  void state(String mode) {
    try (PostgresStateStoreDriver one =
            TestComponents.state("v2", "connectionString", pooled(), "queryExecMode", mode);
        PostgresStateStoreDriver other =
            TestComponents.state(
                "v1", "connectionString", pooled(), "queryExecMode", mode, "tableName", "old")) {
      List<CompletionStage<?>> calls = new ArrayList<>();
      for (int round = 0; round < 30; round++) {
        for (PostgresStateStoreDriver store : List.of(one, other)) {
          String key = "k" + round % 7;
          calls.add(store.set(StateOperation.Set.of(key, new byte[] {1})));
          calls.add(store.get(key));
          calls.add(store.getBulk(List.of(key, "none")));
          calls.add(
              store.transact(
                  List.of(
                      StateOperation.Set.of("t" + round, new byte[] {1}),
                      StateOperation.Delete.of("gone")),
                  "outbox",
                  List.of(new OutboxEvent("t", new byte[] {2}))));
        }
      }
      calls.forEach(TestComponents::await);
      assertThat(await(one.listKeys("t", 100, null)).keys()).hasSize(30);
      assertThat(await(other.pending("outbox", null, 100))).hasSize(30);
      put(one, "last", "word");
      assertThat(text(one, "last")).isEqualTo("word");
    }
  }

  @Test
  @DisplayName("workflow backend and locks work; nodes poll, because nothing can be told")
  void workflows() {
    try (PostgresWorkflowBackendDriver backend =
        TestComponents.workflows("connectionString", pooled(), "queryExecMode", "exec")) {
      Node node = new Node("n1", Duration.ofSeconds(30));
      await(backend.join(node));
      assertThat(await(backend.heartbeat(node))).isTrue();
      backend.watch(id -> {});
      assertThat(await(backend.claim("n1", 10)).taken()).isEmpty();
      await(backend.leave("n1"));
    }
  }

  @Test
  @DisplayName("configuration is polled")
  void configuration() throws Exception {
    ConfigurationTrigger.install(server.jdbcUrl(database));
    AtomicReference<Map<String, StoredItem>> told = new AtomicReference<>(Map.of());
    ConfigurationReceiver receiver =
        new ConfigurationReceiver() {
          @Override
          public void changed(Map<String, @Nullable StoredItem> items) {}

          @Override
          public void reset(Map<String, StoredItem> items) {
            told.set(items);
          }
        };
    try (PostgresConfigurationDriver driver =
        TestComponents.configuration(
            "connectionString",
            pooled(),
            "queryExecMode",
            "exec",
            "table",
            "settings",
            "notifyChannel",
            "config",
            "pollInterval",
            "20ms")) {
      var unused = await(driver.watch(Set.of("a"), receiver));
      ConfigurationTrigger.put(server.jdbcUrl(database), "a", "1", "v1");
      Awaitility.await()
          .atMost(Duration.ofSeconds(90))
          .until(() -> told.get().equals(Map.of("a", new StoredItem("1", "v1"))));
    }
  }
}
