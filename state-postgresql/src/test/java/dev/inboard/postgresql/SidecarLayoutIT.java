package dev.inboard.postgresql;

import static dev.inboard.postgresql.TestComponents.await;
import static dev.inboard.postgresql.TestComponents.put;
import static dev.inboard.postgresql.TestComponents.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import dev.inboard.common.ErrorCode;
import dev.inboard.common.InboardException;
import dev.inboard.spi.Durability;
import dev.inboard.spi.state.StateOperation;
import dev.inboard.test.server.PostgresServer;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Tables that are shared with a sidecar: what it makes we use, what we make it finds. */
class SidecarLayoutIT {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @RegisterExtension static final PostgresServer server = PostgresServer.shared();

  private String database;

  @BeforeEach
  void createDatabase() {
    database = server.createDatabase();
  }

  private PostgresStateStoreDriver open(String version, String... more) {
    List<String> fields = new ArrayList<>();
    fields.addAll(List.of("connectionString", TestComponents.at(server, database)));
    fields.addAll(List.of(more));
    return TestComponents.state(version, fields.toArray(new String[0]));
  }

  private void execute(String... statements) {
    try (Connection connection = DriverManager.getConnection(server.jdbcUrl(database));
        Statement statement = connection.createStatement()) {
      for (String sql : statements) {
        statement.execute(sql);
      }
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  private String query(String sql) {
    try (Connection connection = DriverManager.getConnection(server.jdbcUrl(database));
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      return row.next() ? String.valueOf(row.getString(1)) : "no row";
    } catch (SQLException e) {
      throw new IllegalStateException(sql, e);
    }
  }

  @Test
  @DisplayName("what a commit survives follows the settings of the database")
  void durabilityIsThatOfTheDatabase() {
    try (PostgresStateStoreDriver store = open("v2")) {
      assertThat(store.durability()).isEqualTo(Durability.FSYNC);
    }
    execute("ALTER DATABASE " + database + " SET synchronous_commit = off");
    try (PostgresStateStoreDriver store = open("v2")) {
      assertThat(store.durability()).isEqualTo(Durability.OS_BUFFER);
    }
  }

  @Test
  @DisplayName("v1: what a sidecar stored as JSON or as bytes is read, and keeps its ETag")
  void readsVersion1() {
    open("v1").close();
    execute(
        "INSERT INTO state (key, value, isbinary) VALUES ('json', '{\"a\": 1}', FALSE),"
            + " ('text', '\"hello\"', FALSE), ('bytes', '\"aGVsbG8=\"', TRUE)");
    try (PostgresStateStoreDriver store = open("v1")) {
      assertThat(text(store, "json")).isEqualTo("{\"a\": 1}");
      assertThat(text(store, "text")).isEqualTo("\"hello\"");
      assertThat(text(store, "bytes")).isEqualTo("hello");
      assertThat(await(store.get("json")).etag())
          .isEqualTo(query("SELECT xmin::text FROM state WHERE key = 'json'"));
      put(store, "ours", "hello");
    }
    assertThat(query("SELECT value #>> '{}' FROM state WHERE key = 'ours' AND isbinary"))
        .isEqualTo("aGVsbG8=");
  }

  @Test
  @DisplayName("v2: bytes are stored as they are, with an ETag that is a UUID")
  void writesVersion2() {
    try (PostgresStateStoreDriver store = open("v2", "tablePrefix", "shop_")) {
      put(store, "a", "hello");
      put(store, "a", "hello again");
      assertThat(await(store.get("a")).etag())
          .isEqualTo(query("SELECT etag::text FROM shop_state WHERE key = 'a'"));
    }
    assertThat(query("SELECT convert_from(value, 'UTF8') FROM shop_state WHERE key = 'a'"))
        .isEqualTo("hello again");
    assertThat(query("SELECT updated_at IS NOT NULL FROM shop_state")).isEqualTo("t");
  }

  @Test
  @DisplayName("migrations are recorded where a sidecar looks, so that it does not repeat them")
  void migrationsAreRecorded() {
    open("v1", "tableName", "old").close();
    open("v2", "tablePrefix", "shop_").close();
    assertThat(query("SELECT value FROM dapr_metadata WHERE key = 'migrations'")).isEqualTo("3");
    assertThat(query("SELECT value FROM dapr_metadata WHERE key = 'migrations-state-v2-shop_'"))
        .isEqualTo("2");
    assertThat(query("SELECT value FROM dapr_metadata WHERE key = 'lock'")).isEqualTo("lock");
  }

  @Test
  @DisplayName(
      "a table that is older than the record, or than its last steps, is brought up to date")
  void oldTablesAreMigrated() {
    execute(
        "CREATE TABLE state (key text NOT NULL PRIMARY KEY, value jsonb NOT NULL,"
            + " isbinary boolean NOT NULL, insertdate timestamptz NOT NULL DEFAULT now(),"
            + " updatedate timestamptz NULL)",
        "INSERT INTO state (key, value, isbinary) VALUES ('a', '1', FALSE)");
    try (PostgresStateStoreDriver store = open("v1")) {
      assertThat(text(store, "a")).isEqualTo("1");
      assertThat(await(store.listKeys("", 10, null)).keys()).containsExactly("a");
    }
  }

  @Test
  @DisplayName("a record of a newer sidecar stays as it is")
  void newerRecordStays() {
    open("v2").close();
    execute("UPDATE dapr_metadata SET value = '7' WHERE key LIKE 'migrations-state-v2-%'");
    open("v2").close();
    assertThat(query("SELECT value FROM dapr_metadata WHERE key LIKE 'migrations-state-v2-%'"))
        .isEqualTo("7");
  }

  @Test
  @DisplayName("many components that open at once make the tables once")
  void concurrentOpens() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(6);
    try {
      List<Future<PostgresStateStoreDriver>> opens = new ArrayList<>();
      for (int i = 0; i < 6; i++) {
        String timeout = (20 + i) + "s"; // so that they do not share a pool
        opens.add(threads.submit(() -> open("v2", "timeout", timeout, "maxConns", "2")));
      }
      for (Future<PostgresStateStoreDriver> open : opens) {
        PostgresStateStoreDriver store = open.get();
        put(store, "a", "1");
        store.close();
      }
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  @DisplayName("a user without the right to make tables can use those that are there, in a schema")
  void userWithoutRights() {
    execute("CREATE SCHEMA shop");
    open("v2", "tablePrefix", "shop.", "metadataTableName", "shop.metadata").close();
    String user = "clerk_" + database;
    execute(
        "CREATE USER " + user,
        "GRANT USAGE ON SCHEMA shop TO " + user,
        "GRANT SELECT, INSERT, UPDATE, DELETE ON shop.state, shop.metadata TO " + user);
    try (PostgresStateStoreDriver store =
        open("v2", "tablePrefix", "shop.", "metadataTableName", "shop.metadata", "user", user)) {
      put(store, "a", "1");
      assertThat(text(store, "a")).isEqualTo("1");
    }
    InboardException failure =
        catchThrowableOfType(
            InboardException.class,
            () -> open("v2", "tablePrefix", "shop.other_", "user", user).close());
    assertThat(failure.code()).isEqualTo(ErrorCode.PERMISSION_DENIED);
  }

  @Test
  @DisplayName("a table of the other version is refused at the start, with the cure")
  void otherVersionIsRefused() {
    open("v1").close();
    InboardException failure =
        catchThrowableOfType(InboardException.class, () -> open("v2").close());
    assertThat(failure.code()).isEqualTo(ErrorCode.INVALID_ARGUMENT);
    assertThat(failure).hasMessageContaining("other version").hasMessageContaining("tablePrefix");
  }

  @Test
  @DisplayName("expired rows are removed by one of those who share the table, and that is noted")
  void expiredRowsAreRemoved() {
    try (PostgresStateStoreDriver store = open("v2", "cleanupInterval", "1s")) {
      put(store, "stays", "1");
      await(
          store.set(
              StateOperation.Set.of("goes", new byte[] {1}).expiringAfter(Duration.ofMillis(10))));
      await().atMost(PATIENCE).until(() -> query("SELECT count(*) FROM state").equals("1"));
      assertThat(query("SELECT value FROM dapr_metadata WHERE key = 'last-cleanup-state-v2-'"))
          .startsWith("2");
    }
  }

  @Test
  @DisplayName("nothing stays prepared on a connection when a pooler may stand between")
  void poolerSafeModes() {
    for (String mode : List.of("exec", "simple_protocol")) {
      try (PostgresStateStoreDriver store = open("v2", "queryExecMode", mode)) {
        for (int i = 0; i < 20; i++) {
          put(store, "k" + i, "v" + i);
        }
        List<StateOperation> operations = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
          operations.add(StateOperation.Set.of("k" + i, new byte[] {0, (byte) i, '\'', '\\'}));
        }
        await(store.writeBulk(operations)).forEach(done -> assertThat(done.failure()).isNull());
        await(store.transact(operations));
        await(store.getBulk(List.of("k1", "k2")))
            .forEach(item -> assertThat(item.value()).isNotNull());
        Long prepared =
            PostgresDatabase.open(
                    PostgresSettings.of(
                        TestComponents.spec(
                            "state.postgresql",
                            "connectionString",
                            TestComponents.at(server, database),
                            "queryExecMode",
                            mode)))
                .resource()
                .perform(
                    (code, reason, cause) -> new InboardException(code, "a", "b", reason),
                    session -> {
                      try (ResultSet row =
                          session
                              .prepare("SELECT count(*) FROM pg_prepared_statements")
                              .executeQuery()) {
                        row.next();
                        return row.getLong(1);
                      }
                    });
        assertThat(prepared).as(mode).isZero();
      }
    }
  }
}
