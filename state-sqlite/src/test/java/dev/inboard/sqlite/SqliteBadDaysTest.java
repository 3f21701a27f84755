package dev.inboard.sqlite;

import static dev.inboard.sqlite.SqliteFile.assertFails;
import static dev.inboard.sqlite.SqliteFile.await;
import static dev.inboard.sqlite.SqliteFile.put;
import static org.assertj.core.api.Assertions.assertThat;

import dev.inboard.common.ErrorCode;
import dev.inboard.common.InboardException;
import dev.inboard.spi.state.StateOperation;
import dev.inboard.spi.state.StoredValue;
import java.io.RandomAccessFile;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What happens when the world around the file misbehaves. */
@Timeout(120)
class SqliteBadDaysTest {
  @TempDir Path folder;
  private SqliteFile file;

  @BeforeEach
  void name() {
    file = new SqliteFile(folder.resolve("state.db"));
  }

  @Test
  void lockHeldByAnotherStopsWritesNotReadsAndIsForgottenOnceReleased() throws Exception {
    try (SqliteStateStoreDriver driver = file.open("busyTimeout", "100ms");
        Connection other = file.connect();
        Statement statement = other.createStatement()) {
      put(driver, "a", "1");
      statement.execute("BEGIN IMMEDIATE");
      InboardException failure =
          assertFails(
              ErrorCode.UNAVAILABLE, driver.set(StateOperation.Set.of("a", new byte[] {'2'})));
      assertThat(failure)
          .hasMessageStartingWith("orders (state.sqlite): set 'a' failed: UNAVAILABLE")
          .hasMessageContaining("busyTimeout");
      assertThat(await(driver.get("a")).value()).asString().isEqualTo("1");
      statement.execute("COMMIT");
      put(driver, "a", "3");
      assertThat(await(driver.get("a")).value()).asString().isEqualTo("3");
    }
  }

  @Test
  void lockReleasedInTimeIsOnlyADelay() throws Exception {
    try (SqliteStateStoreDriver driver = file.open("busyTimeout", "60s");
        Connection other = file.connect();
        Statement statement = other.createStatement()) {
      statement.execute("BEGIN IMMEDIATE");
      CompletionStage<String> write = driver.set(StateOperation.Set.of("a", new byte[] {'1'}));
      assertThat(write.toCompletableFuture().isDone()).isFalse();
      statement.execute("COMMIT");
      assertThat(await(write)).isNotNull();
    }
  }

  @Test
  void fullDiskFailsWritesKeepsReadsAndIsForgottenOnceThereIsRoom() {
    String text = file.path() + "?_pragma=max_page_count(60)";
    try (SqliteStateStoreDriver driver = file.open("connectionString", text)) {
      int written = 0;
      InboardException failure = null;
      while (failure == null) {
        try {
          put(driver, "k" + written, "x".repeat(10_000));
          written++;
        } catch (InboardException e) {
          failure = e;
        }
      }
      assertThat(failure.code()).isEqualTo(ErrorCode.EXHAUSTED);
      assertThat(failure).hasMessageContaining("free some space");
      assertThat(written).isPositive();
      for (int i = 0; i < written; i++) {
        assertThat(await(driver.get("k" + i)).value()).hasSize(10_000);
      }
      assertThat(await(driver.get("k" + written))).isNull();

      await(driver.delete(StateOperation.Delete.of("k0")));
      put(driver, "k0", "x".repeat(10_000));
    }
  }

  @Test
  void writeThatDoesNotFitLeavesItsNeighboursAlone() {
    String text = file.path() + "?_pragma=max_page_count(60)";
    try (SqliteStateStoreDriver driver = file.open("connectionString", text)) {
      List<StateOperation> operations = new ArrayList<>();
      for (int i = 0; i < 20; i++) {
        operations.add(StateOperation.Set.of("k" + i, new byte[i == 10 ? 1_000_000 : 100]));
      }
      var results = await(driver.writeBulk(operations));
      for (int i = 0; i < 20; i++) {
        StoredValue stored = await(driver.get("k" + i));
        if (i == 10) {
          assertThat(results.get(i).failure()).isNotNull();
          assertThat(stored).isNull();
        } else {
          assertThat(results.get(i).failure()).isNull();
          assertThat(stored).isNotNull();
        }
      }
    }
  }

  @Test
  void damagedPagesAreReportedNotReturned() throws Exception {
    try (SqliteStateStoreDriver driver = file.open()) {
      for (int i = 0; i < 200; i++) {
        put(driver, "k" + i, "x".repeat(1_000));
      }
    }
    try (RandomAccessFile bytes = new RandomAccessFile(file.path().toFile(), "rw")) {
      byte[] noise = new byte[4096];
      new Random(1).nextBytes(noise);
      for (long page = 5; page < bytes.length() / 4096; page++) { // spares the schema
        bytes.seek(page * 4096);
        bytes.write(noise);
      }
    }
    try (SqliteStateStoreDriver driver = file.open()) {
      int damaged = 0;
      for (int i = 0; i < 200; i++) {
        try {
          StoredValue stored = await(driver.get("k" + i));
          assertThat(stored == null || stored.value().length == 1_000).isTrue();
        } catch (InboardException e) {
          assertThat(e.code()).as(e.getMessage()).isEqualTo(ErrorCode.DATA_LOSS);
          damaged++;
        }
      }
      assertThat(damaged).isPositive();
      assertFails(ErrorCode.DATA_LOSS, driver.set(StateOperation.Set.of("k77", new byte[5_000])));
      assertFails(ErrorCode.DATA_LOSS, driver.get("k77"));
    }
  }

  @Test
  void tableDroppedByAnotherIsAnErrorUntilItIsBack() throws Exception {
    try (SqliteStateStoreDriver driver = file.open()) {
      put(driver, "a", "1");
      file.run("ALTER TABLE state RENAME TO hidden");
      assertThat(assertFails(ErrorCode.INTERNAL, driver.get("a")))
          .hasMessageContaining("no such table");
      assertFails(ErrorCode.INTERNAL, driver.set(StateOperation.Set.of("a", new byte[0])));
      file.run("ALTER TABLE hidden RENAME TO state");
      assertThat(await(driver.get("a")).value()).asString().isEqualTo("1");
      put(driver, "a", "2");
    }
  }

  @Test
  void interruptedCallerReadsAndWritesAndStaysInterrupted() {
    try (SqliteStateStoreDriver driver = file.open()) {
      Thread.currentThread().interrupt();
      put(driver, "a", "1");
      assertThat(await(driver.get("a")).value()).asString().isEqualTo("1");
      driver.close();
      assertThat(Thread.interrupted()).isTrue();
    }
  }

  @Test
  void sixtyFourWritersLoseNothing() throws Exception {
    int threads = 64;
    int each = 50;
    try (SqliteStateStoreDriver driver = file.open()) {
      CountDownLatch done = new CountDownLatch(threads);
      AtomicInteger acknowledged = new AtomicInteger();
      for (int t = 0; t < threads; t++) {
        String stem = "t" + t + "-";
        new Thread(
                () -> {
                  for (int i = 0; i < each; i++) {
                    put(driver, stem + i, stem + i);
                    acknowledged.incrementAndGet();
                  }
                  done.countDown();
                })
            .start();
      }
      assertThat(done.await(100, TimeUnit.SECONDS)).isTrue();
      assertThat(acknowledged).hasValue(threads * each);
      for (int t = 0; t < threads; t++) {
        for (int i = 0; i < each; i++) {
          assertThat(await(driver.get("t" + t + "-" + i)).value())
              .asString()
              .isEqualTo("t" + t + "-" + i);
        }
      }
    }
    assertThat(file.query("SELECT count(*) FROM state")).containsExactly("" + threads * each);
    assertThat(file.query("PRAGMA integrity_check")).containsExactly("ok");
  }
}
