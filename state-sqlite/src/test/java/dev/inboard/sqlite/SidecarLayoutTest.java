package dev.inboard.sqlite;

import static dev.inboard.sqlite.SqliteFile.assertFails;
import static dev.inboard.sqlite.SqliteFile.await;
import static dev.inboard.sqlite.SqliteFile.put;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.inboard.common.ErrorCode;
import dev.inboard.common.InboardException;
import dev.inboard.spi.state.Concurrency;
import dev.inboard.spi.state.Consistency;
import dev.inboard.spi.state.StateOperation;
import dev.inboard.spi.state.StoredValue;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A sidecar and we can work on the same file: same tables, same rows, to the byte. */
class SidecarLayoutTest {
  /** What a sidecar makes. */
  private static final String[] SIDECAR_TABLES = {
    "CREATE TABLE metadata (key text NOT NULL PRIMARY KEY, value text NOT NULL)",
    "CREATE TABLE state (key TEXT NOT NULL PRIMARY KEY, value TEXT NOT NULL,"
        + " is_binary BOOLEAN NOT NULL, etag TEXT NOT NULL,"
        + " expiration_time TIMESTAMP DEFAULT NULL,"
        + " update_time TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP)",
    "INSERT INTO metadata VALUES ('migrations', '1')"
  };

  private static final String UUID =
      "[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}";

  @TempDir Path folder;
  private SettableClock clock;
  private SqliteFile file;

  @BeforeEach
  void name() {
    clock = new SettableClock(Instant.parse("2026-01-31T13:05:09.7Z"));
    file = new SqliteFile(folder.resolve("state.db"), clock);
  }

  private static StateOperation.Set json(String key, String value) {
    return new StateOperation.Set(
        key,
        value.getBytes(UTF_8),
        "application/json",
        null,
        Concurrency.LAST_WRITE,
        Consistency.EVENTUAL,
        null);
  }

  private static String schema(SqliteFile file) throws SQLException {
    return String.join(
            "\n", file.query("SELECT type, name, tbl_name, sql FROM sqlite_master ORDER BY name"))
        .replace("\"", "")
        .toLowerCase(Locale.ROOT);
  }

  @Test
  void tablesAreThoseOfASidecar() throws SQLException {
    file.open().close();
    SqliteFile sidecar = new SqliteFile(folder.resolve("sidecar.db"));
    sidecar.run(SIDECAR_TABLES);
    assertThat(schema(file)).isEqualTo(schema(sidecar));
    for (String table : List.of("state", "metadata")) {
      String columns = "SELECT * FROM pragma_table_xinfo('" + table + "')";
      assertThat(file.query(columns)).isEqualTo(sidecar.query(columns));
    }
    assertThat(file.query("SELECT * FROM metadata")).containsExactly("migrations|1");
    assertThat(file.query("PRAGMA journal_mode")).containsExactly("wal");
  }

  @Test
  void rowsAreThoseOfASidecar() throws SQLException {
    try (SqliteStateStoreDriver driver = file.open()) {
      await(driver.set(json("app||json", "{\"a\": 1.10, \"b\":\"é\"}")));
      await(driver.set(StateOperation.Set.of("app||bytes", new byte[] {0, (byte) 0xFF, 'a'})));
      await(driver.set(StateOperation.Set.of("app||empty", new byte[0])));
      await(driver.set(json("app||ttl", "1").expiringAfter(Duration.ofSeconds(2))));
    }
    List<String> rows =
        file.query(
            "SELECT key, typeof(value), value, typeof(is_binary), is_binary, expiration_time,"
                + " update_time FROM state ORDER BY rowid");
    assertThat(rows)
        .containsExactly(
            "app||json|text|{\"a\": 1.10, \"b\":\"é\"}|integer|0|null|2026-01-31 13:05:09",
            "app||bytes|text|AP9h|integer|1|null|2026-01-31 13:05:09",
            "app||empty|text||integer|1|null|2026-01-31 13:05:09",
            "app||ttl|text|1|integer|0|2026-01-31 13:05:12|2026-01-31 13:05:09");
    assertThat(file.query("SELECT etag FROM state")).allMatch(etag -> etag.matches(UUID));
    assertThat(
            file.query("SELECT DISTINCT typeof(key), typeof(etag), typeof(update_time) FROM state"))
        .containsExactly("text|text|text");
  }

  @Test
  void rowsOfASidecarAreRead() throws SQLException {
    file.run(SIDECAR_TABLES);
    file.run(
        "INSERT OR REPLACE INTO state (key, value, is_binary, etag, update_time, expiration_time)"
            + " VALUES ('app||json', '{\"a\":1}', 0, 'any text', CURRENT_TIMESTAMP, NULL)",
        "INSERT OR REPLACE INTO state (key, value, is_binary, etag, update_time, expiration_time)"
            + " VALUES ('app||bytes', 'AP9h', 1, 'e2', CURRENT_TIMESTAMP, NULL)",
        "INSERT OR REPLACE INTO state (key, value, is_binary, etag, update_time, expiration_time)"
            + " VALUES ('app||ttl', '2', false, 'e3', CURRENT_TIMESTAMP, '2026-01-31 13:05:10')",
        "INSERT OR REPLACE INTO state (key, value, is_binary, etag, update_time, expiration_time)"
            + " VALUES ('app||ended', '3', true, 'e4', CURRENT_TIMESTAMP, '2026-01-31 13:05:09')");
    try (SqliteStateStoreDriver driver = file.open()) {
      StoredValue json = await(driver.get("app||json"));
      assertThat(json.value()).asString().isEqualTo("{\"a\":1}");
      assertThat(json.etag()).isEqualTo("any text");
      assertThat(json.expiresAt()).isNull();
      assertThat(await(driver.get("app||bytes")).value()).containsExactly(0, 0xFF, 'a');
      assertThat(await(driver.get("app||ttl")).expiresAt())
          .isEqualTo(Instant.parse("2026-01-31T13:05:10Z"));
      assertThat(await(driver.get("app||ended"))).isNull();
      assertThat(await(driver.listKeys("", 10, null)).keys())
          .containsExactly("app||bytes", "app||json", "app||ttl");
      await(driver.set(StateOperation.Set.of("app||json", new byte[0]).ifMatch("any text")));
      assertFails(
          ErrorCode.ETAG_MISMATCH,
          driver.delete(StateOperation.Delete.of("app||ended").ifMatch("e4")));
    }
  }

  @Test
  void whatASidecarTakesForLiveIsLive() throws SQLException {
    SqliteFile now = new SqliteFile(file.path());
    try (SqliteStateStoreDriver driver = now.open()) {
      await(driver.set(json("live", "1").expiringAfter(Duration.ofMinutes(5))));
      now.run(
          "INSERT INTO state (key, value, is_binary, etag, update_time, expiration_time) VALUES"
              + " ('ended', '1', 0, 'e', CURRENT_TIMESTAMP, DATETIME(CURRENT_TIMESTAMP, '-1 seconds'))");
      assertThat(
              now.query(
                  "SELECT key FROM state WHERE expiration_time IS NULL"
                      + " OR expiration_time > CURRENT_TIMESTAMP"))
          .containsExactly("live");
      assertThat(await(driver.listKeys("", 10, null)).keys()).containsExactly("live");
    }
  }

  @Test
  void statementsOfASidecarWorkOnOurTable() throws SQLException {
    try (SqliteStateStoreDriver driver = file.open()) {
      String etag = put(driver, "a", "1");
      // Its first-write inserts by position, so the order of the columns counts.
      file.run(
          "INSERT OR REPLACE INTO state SELECT 'b', '2', 0, 'e', NULL, CURRENT_TIMESTAMP",
          "UPDATE state SET value = '3', is_binary = 0, etag = 'e5',"
              + " update_time = CURRENT_TIMESTAMP, expiration_time = NULL"
              + " WHERE key = 'a' AND etag = '"
              + etag
              + "'");
      assertThat(await(driver.get("a")).value()).asString().isEqualTo("3");
      assertThat(await(driver.get("a")).etag()).isEqualTo("e5");
      assertThat(await(driver.get("b")).value()).asString().isEqualTo("2");
    }
  }

  @Test
  void fileOlderThanTheRecordOfMigrationsIsTakenOver() throws SQLException {
    file.run(
        SIDECAR_TABLES[1], "INSERT INTO state VALUES ('a', '1', 0, 'e', NULL, CURRENT_TIMESTAMP)");
    try (SqliteStateStoreDriver driver = file.open()) {
      assertThat(await(driver.get("a")).value()).asString().isEqualTo("1");
    }
    assertThat(file.query("SELECT * FROM metadata")).containsExactly("migrations|1");
  }

  @Test
  void recordOfANewerSidecarIsLeftAlone() throws SQLException {
    file.run(SIDECAR_TABLES);
    file.run("UPDATE metadata SET value = '7'", "ALTER TABLE state ADD COLUMN more TEXT");
    try (SqliteStateStoreDriver driver = file.open()) {
      put(driver, "a", "1");
    }
    assertThat(file.query("SELECT * FROM metadata")).containsExactly("migrations|7");
  }

  @Test
  void tableThatIsNoneOfOursIsRefusedWithTheReason() throws SQLException {
    file.run("CREATE TABLE state (id INTEGER, body TEXT)");
    assertThatThrownBy(() -> file.open())
        .isInstanceOfSatisfying(
            InboardException.class,
            failure ->
                assertThat(failure)
                    .hasMessageStartingWith("orders (state.sqlite): open failed: ")
                    .hasMessageContaining("no such column: key"));
  }

  @Test
  void unreadableRecordOfMigrationsIsRefusedWithTheReason() throws SQLException {
    file.run(SIDECAR_TABLES);
    file.run("UPDATE metadata SET value = 'one'");
    assertThatThrownBy(() -> file.open())
        .hasMessageContaining("DATA_LOSS")
        .hasMessageContaining("'migrations'");
  }

  @Test
  void otherTableNamesAreUsed() throws SQLException {
    try (SqliteStateStoreDriver driver =
        file.open("tableName", "order", "metadataTableName", "2nd_Metadata")) {
      put(driver, "a", "1");
    }
    assertThat(file.query("SELECT key FROM \"order\"")).containsExactly("a");
    assertThat(file.query("SELECT * FROM \"2nd_Metadata\"")).containsExactly("migrations|1");
  }

  @Test
  void severalTablesMayShareTheMetadata() throws SQLException {
    try (SqliteStateStoreDriver one = file.open("tableName", "one");
        SqliteStateStoreDriver two = file.open("tableName", "two")) {
      put(one, "a", "1");
      put(two, "a", "2");
      assertThat(await(one.get("a")).value()).asString().isEqualTo("1");
      assertThat(await(two.get("a")).value()).asString().isEqualTo("2");
    }
  }

  @Test
  void damagedRowsAreReportedAndLeaveTheOthersReadable() throws SQLException {
    file.run(SIDECAR_TABLES);
    file.run(
        "INSERT INTO state VALUES ('a', '%%', 1, 'e', NULL, CURRENT_TIMESTAMP)",
        "INSERT INTO state VALUES ('b', '1', 0, 'e', 'some day', CURRENT_TIMESTAMP)",
        "INSERT INTO state VALUES ('c', '1', 0, 'e', NULL, CURRENT_TIMESTAMP)");
    try (SqliteStateStoreDriver driver = file.open()) {
      assertThat(assertFails(ErrorCode.DATA_LOSS, driver.get("a")))
          .hasMessageContaining("get 'a'")
          .hasMessageNotContaining("%%");
      assertFails(ErrorCode.DATA_LOSS, driver.get("b"));
      var items = await(driver.getBulk(List.of("a", "b", "c")));
      assertThat(items.get(0).failure()).isNotNull();
      assertThat(items.get(1).failure()).isNotNull();
      assertThat(items.get(2).value()).isNotNull();
      put(driver, "a", "mended");
      assertThat(await(driver.get("a")).value()).asString().isEqualTo("mended");
    }
  }
}
