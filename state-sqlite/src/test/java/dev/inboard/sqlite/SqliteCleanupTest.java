package dev.inboard.sqlite;

import static dev.inboard.sqlite.SqliteFile.await;
import static dev.inboard.sqlite.SqliteFile.put;
import static org.assertj.core.api.Assertions.assertThat;

import dev.inboard.common.InboardException;
import dev.inboard.spi.state.StateOperation;
import dev.inboard.sql.Call;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class SqliteCleanupTest {
  private static final Call CALL =
      (code, reason, cause) -> new InboardException(code, "test", "cleanup", reason, cause);

  @TempDir Path folder;
  private SettableClock clock;
  private SqliteFile file;

  @BeforeEach
  void name() {
    clock = new SettableClock(Instant.parse("2026-01-31T13:05:09Z"));
    file = new SqliteFile(folder.resolve("state.db"), clock);
  }

  /** Runs the job once, as the timer would, on a database of its own. */
  private void cleanUp(Duration interval, String table) throws Exception {
    SqliteSettings settings =
        SqliteSettings.of(
            dev.inboard.spi.ComponentSpec.of(
                "orders", "state.sqlite", Map.of("connectionString", file.path().toString())));
    try (DatabaseLease lease = DatabaseLease.open(settings)) {
      StateTables tables = new StateTables(table, "metadata");
      new ExpiredRows(lease.database(), tables, clock, interval, CALL).run();
    }
  }

  private List<String> lastCleanups() throws Exception {
    return file.query("SELECT * FROM metadata WHERE key LIKE 'last-cleanup%' ORDER BY key");
  }

  @Test
  void expiredRowsAreRemovedInTheBackground() throws Exception {
    SqliteFile now = new SqliteFile(file.path());
    try (SqliteStateStoreDriver driver = now.open("cleanupInterval", "1s")) {
      put(driver, "stays", "1");
      await(
          driver.set(
              StateOperation.Set.of("goes", new byte[0]).expiringAfter(Duration.ofMillis(1))));
      Awaitility.await()
          .atMost(Duration.ofSeconds(50))
          .until(() -> now.query("SELECT key FROM state").equals(List.of("stays")));
      assertThat(now.query("SELECT value FROM metadata WHERE key = 'last-cleanup'"))
          .singleElement()
          .asString()
          .matches("\\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\d");
    }
  }

  @Test
  void onlyExpiredRowsAreRemovedHoweverManyThereAre() throws Exception {
    try (SqliteStateStoreDriver driver = file.open()) {
      List<StateOperation> operations = new ArrayList<>();
      for (int i = 0; i < 12_000; i++) {
        StateOperation.Set set = StateOperation.Set.of("k" + i, new byte[0]);
        operations.add(
            i % 3 == 0
                ? set.expiringAfter(Duration.ofSeconds(10))
                : i % 3 == 1 ? set.expiringAfter(Duration.ofSeconds(20)) : set);
      }
      await(driver.transact(operations));
      clock.advance(Duration.ofSeconds(10));
      cleanUp(Duration.ofHours(1), "state");
      assertThat(file.query("SELECT count(*) FROM state")).containsExactly("8000");
      assertThat(
              file.query(
                  "SELECT count(*) FROM state WHERE expiration_time < '2026-01-31 13:05:20'"))
          .containsExactly("0");
    }
  }

  @Test
  void ofSeveralProcessesOneCleansUpPerInterval() throws Exception {
    try (SqliteStateStoreDriver driver = file.open()) {
      cleanUp(Duration.ofMinutes(1), "state");
      assertThat(lastCleanups()).containsExactly("last-cleanup|2026-01-31 13:05:09");
      await(
          driver.set(
              StateOperation.Set.of("goes", new byte[0]).expiringAfter(Duration.ofSeconds(1))));
      clock.advance(Duration.ofSeconds(30));
      cleanUp(Duration.ofMinutes(1), "state");
      assertThat(lastCleanups()).containsExactly("last-cleanup|2026-01-31 13:05:09");
      assertThat(file.query("SELECT key FROM state")).containsExactly("goes");
      clock.advance(Duration.ofSeconds(30));
      cleanUp(Duration.ofMinutes(1), "state");
      assertThat(lastCleanups()).containsExactly("last-cleanup|2026-01-31 13:06:09");
      assertThat(file.query("SELECT key FROM state")).isEmpty();
    }
  }

  @Test
  void lastCleanupInTheFutureOrUnreadableDoesNotStopCleanups() throws Exception {
    try (SqliteStateStoreDriver driver = file.open()) {
      for (String wrong : List.of("2036-01-31 13:05:09", "never")) {
        put(driver, "stays", "1");
        file.run("REPLACE INTO metadata VALUES ('last-cleanup', '" + wrong + "')");
        cleanUp(Duration.ofMinutes(1), "state");
        assertThat(lastCleanups()).containsExactly("last-cleanup|2026-01-31 13:05:09");
      }
    }
  }

  @Test
  void eachTableGetsItsTurn() throws Exception {
    try (SqliteStateStoreDriver one = file.open();
        SqliteStateStoreDriver two = file.open("tableName", "two")) {
      for (SqliteStateStoreDriver driver : List.of(one, two)) {
        await(
            driver.set(
                StateOperation.Set.of("goes", new byte[0]).expiringAfter(Duration.ofSeconds(1))));
      }
      clock.advance(Duration.ofSeconds(2));
      cleanUp(Duration.ofMinutes(1), "state");
      cleanUp(Duration.ofMinutes(1), "two");
      assertThat(file.query("SELECT key FROM state UNION ALL SELECT key FROM two")).isEmpty();
      assertThat(lastCleanups()).hasSize(2);
    }
  }

  @Test
  void zeroIntervalStartsNoCleanup() {
    for (String interval : List.of("0", "-1s")) {
      try (SqliteStateStoreDriver driver = file.open("cleanupInterval", interval)) {
        put(driver, "a", "1");
        assertThat(Thread.getAllStackTraces().keySet())
            .noneMatch(thread -> thread.getName().contains("cleanup"));
      }
    }
  }
}
