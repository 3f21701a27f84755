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
 */
final class LogLimit {
  private static final Duration LONGEST_WAIT = Duration.ofMillis(50);

  private final File log;
  private final long limit;
  private final Duration busyTimeout;
  private long next; // the writer's thread only

  /**
   * Looks after the log of a database file.
   *
   * @param limit in bytes; more than what SQLite keeps to by itself
   * @param busyTimeout how long the connection waits for locks otherwise
   */
  LogLimit(Path file, long limit, Duration busyTimeout) {
    this.log = new File(file + "-wal");
    this.limit = limit;
    this.busyTimeout = busyTimeout;
    this.next = limit;
  }

  /** Called between two transactions. */
  void keep(Session session) throws SQLException {
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
