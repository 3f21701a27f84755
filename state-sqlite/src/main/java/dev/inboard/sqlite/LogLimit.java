package dev.inboard.sqlite;

import dev.inboard.sql.Session;
import java.io.File;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import org.sqlite.BusyHandler;

/**
 * Keeps the write-ahead log from growing without end.
 *
 * <p>SQLite moves the log into the file by itself, but starts it afresh only in a moment in which
 * nobody reads from it; where many read without pause, there is none. So a log that has grown too
 * long is moved while the reads that are under way are waited for: a short while, because somebody
 * else's may take long, and then again after some more growth.
 *
 * <p>The size is asked for from time to time only. Linux gives a file whose times somebody has read
 * a new time at its next write, and the sync after that then takes half as long again.
 */
final class LogLimit {
  private static final Duration LONGEST_WAIT = Duration.ofMillis(50);

  private final File log;
  private final long limit;
  private final Duration busyTimeout;
  private final Duration interval;
  private long next; // as the session, for one thread at a time
  private long looked = System.nanoTime();

  /**
   * Looks after the log of a database file.
   *
   * @param limit in bytes; more than what SQLite keeps to by itself
   * @param busyTimeout how long the connection waits for locks otherwise
   * @param interval between two looks at its size
   */
  LogLimit(Path file, long limit, Duration busyTimeout, Duration interval) {
    this.log = new File(file + "-wal");
    this.limit = limit;
    this.busyTimeout = busyTimeout;
    this.interval = interval;
    this.next = limit;
  }

  /** Called between two transactions. */
  void keep(Session session) throws SQLException {
    long now = System.nanoTime();
    if (now - looked < interval.toNanos()) {
      return;
    }
    looked = now;
    long size = log.length();
    if (size < next) {
      return;
    }
    Connection connection = session.connection();
    BusyHandler.setHandler(connection, new LockWait(LONGEST_WAIT));
    try (ResultSet row = session.prepare("PRAGMA wal_checkpoint(TRUNCATE)").executeQuery()) {
      boolean busy = row.next() && row.getInt(1) != 0;
      next = busy ? size + limit / 4 : limit;
    } finally {
      BusyHandler.setHandler(connection, new LockWait(busyTimeout));
    }
  }
}
