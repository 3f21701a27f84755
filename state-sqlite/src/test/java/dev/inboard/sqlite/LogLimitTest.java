package dev.inboard.sqlite;

import static org.assertj.core.api.Assertions.assertThat;

import dev.inboard.spi.ComponentSpec;
import dev.inboard.sql.Session;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class LogLimitTest {
  private static final long LIMIT = 1 << 20;

  @TempDir Path folder;
  private final Random random = new Random(1);
  private final byte[] bytes = new byte[20_000];
  private SqliteFile file;
  private Session session;
  private LogLimit limit;

  @BeforeEach
  void open() throws Exception {
    file = new SqliteFile(folder.resolve("log.db"));
    ComponentSpec spec =
        ComponentSpec.of(
            "orders",
            "state.sqlite",
            Map.of("connectionString", file.path().toString(), "durability", "normal"));
    session = new SqliteSessions(SqliteSettings.of(spec)).forWriting().open();
    session.execute("CREATE TABLE t (k INTEGER PRIMARY KEY, v BLOB)");
    limit = new LogLimit(file.path(), LIMIT, Duration.ofMinutes(1), Duration.ZERO);
  }

  @AfterEach
  void close() {
    session.close();
  }

  private void write(int key) throws Exception {
    random.nextBytes(bytes);
    PreparedStatement replace = session.prepare("REPLACE INTO t VALUES (?, ?)");
    replace.setInt(1, key);
    replace.setBytes(2, bytes);
    replace.executeUpdate();
  }

  private long size() throws Exception {
    return Files.size(Path.of(file.path() + "-wal"));
  }

  @Test
  void logIsCutAgainAndAgainThoughThereIsAlwaysSomebodyWhoReads() throws Exception {
    AtomicBoolean done = new AtomicBoolean();
    CountDownLatch reading = new CountDownLatch(3);
    List<Thread> readers = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      Thread reader = new Thread(() -> readUntil(done, reading));
      readers.add(reader);
      reader.start();
    }
    reading.await();
    int cuts = 0; // without any, the timeout ends the test
    for (int i = 0; cuts < 3; i++) {
      write(i % 10);
      long before = size();
      limit.keep(session);
      cuts += size() < before ? 1 : 0;
    }
    done.set(true);
    for (Thread reader : readers) {
      reader.join();
    }
  }

  /** Reads in transactions of some milliseconds, hardly interrupted. */
  private void readUntil(AtomicBoolean done, CountDownLatch reading) {
    try (Connection connection = file.connect();
        Statement statement = connection.createStatement()) {
      while (!done.get()) {
        statement.execute("BEGIN");
        statement.executeQuery("SELECT count(*) FROM t").close();
        reading.countDown();
        Thread.sleep(5);
        statement.execute("COMMIT");
      }
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void longReadIsWaitedForOnlyShortlyAndTheLogIsCutOnceItEnds() throws Exception {
    try (Connection other = file.connect();
        Statement statement = other.createStatement()) {
      statement.execute("BEGIN");
      statement.executeQuery("SELECT count(*) FROM t").close();
      for (int i = 0; i < 100; i++) { // 2 MB
        write(i % 10);
        limit.keep(session); // would take minutes with the patience for locks
      }
      assertThat(size()).isGreaterThan(LIMIT);
      statement.execute("COMMIT");
      for (int i = 0; size() > 0 && i < 100; i++) {
        write(i % 10);
        limit.keep(session);
      }
      assertThat(size()).isZero();
    }
  }
}
