package dev.inboard.sqlite;

import dev.inboard.sql.Call;
import dev.inboard.sql.PeriodicJob;
import dev.inboard.sql.Session;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;

/**
 * Removes expired rows. Of all processes that share the table, sidecars included, one does it in
 * each interval: whoever moves the time of the last removal, which they keep in a common row.
 *
 * <p>It goes through the table in stretches, so that other writes get their turn in between.
 */
final class ExpiredRows implements PeriodicJob.Task {
  private static final int STRETCH = 5_000;

  private final SqliteDatabase database;
  private final Clock clock;
  private final Duration interval;
  private final Call call;
  private final String key;
  private final String claim;
  private final String stretchEnd;
  private final String delete;

  /**
   * Describes the job.
   *
   * @param tables where it works
   * @param interval how often one process shall do it
   */
  ExpiredRows(
      SqliteDatabase database, StateTables tables, Clock clock, Duration interval, Call call) {
    this.database = database;
    this.clock = clock;
    this.interval = interval;
    this.call = call;
    key = tables.lastCleanupKey();
    // A time that is no time, or one to come, would stop the removal for good.
    claim =
        "INSERT INTO "
            + tables.metadata()
            + " (key, value) VALUES (?1, ?2) ON CONFLICT (key) DO UPDATE SET value = ?2"
            + " WHERE unixepoch(value) IS NULL OR value > ?2"
            + " OR (unixepoch(?2) - unixepoch(value)) * 1000 > ?3";
    stretchEnd =
        "SELECT max(rowid) FROM (SELECT rowid FROM "
            + tables.state()
            + " WHERE rowid > ? ORDER BY rowid LIMIT "
            + STRETCH
            + ")";
    delete =
        "DELETE FROM "
            + tables.state()
            + " WHERE rowid > ?1 AND rowid <= ?2 AND expiration_time <= ?3";
  }

  @Override
  public void run() throws InterruptedException {
    if (!database.writeStatement(call, this::claim).join()) {
      return;
    }
    long from = Long.MIN_VALUE;
    while (from != Long.MAX_VALUE) {
      if (Thread.interrupted()) {
        throw new InterruptedException();
      }
      long after = from;
      from = database.writeStatement(call, session -> removeAfter(session, after)).join();
    }
  }

  private boolean claim(Session session) throws SQLException {
    PreparedStatement statement = session.prepare(claim);
    statement.setString(1, key);
    statement.setString(2, Timestamps.text(clock.instant()));
    statement.setLong(3, interval.toMillis() - 100);
    return statement.executeUpdate() > 0;
  }

  /** Removes what has expired in the next stretch; returns its last row, or the largest number. */
  private long removeAfter(Session session, long from) throws SQLException {
    PreparedStatement ask = session.prepare(stretchEnd);
    ask.setLong(1, from);
    long to;
    try (ResultSet row = ask.executeQuery()) {
      to = row.getLong(1);
      if (row.wasNull()) {
        return Long.MAX_VALUE;
      }
    }
    PreparedStatement statement = session.prepare(delete);
    statement.setLong(1, from);
    statement.setLong(2, to);
    statement.setString(3, Timestamps.text(clock.instant()));
    statement.executeUpdate();
    return to;
  }
}
