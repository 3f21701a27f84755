package dev.inboard.sql;

import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLDataException;
import java.sql.SQLException;
import java.util.List;

/**
 * The steps that bring tables to their present shape, and the record of how many were done, kept
 * where a sidecar keeps it: in a table of keys and values.
 *
 * <p>Steps may not assume that the tables are absent when the record is: tables older than the
 * record exist.
 */
public final class Migrations {
  private final String table;
  private final String key;
  private final List<String> steps;

  /**
   * Describes the steps.
   *
   * @param table the table of the record, as it stands in SQL
   * @param key the row of the record
   * @param steps one statement each, in order; steps that were released are never changed
   */
  public Migrations(String table, String key, List<String> steps) {
    this.table = table;
    this.key = key;
    this.steps = List.copyOf(steps);
  }

  /** Says whether every step is recorded as done. The table of the record must exist. */
  public boolean areDone(Session session) throws SQLException {
    return level(session) >= steps.size();
  }

  /**
   * Does the steps that are still to be done, and records them. Runs in the caller's transaction,
   * which must keep other processes from doing the same.
   */
  public void apply(Session session) throws SQLException {
    session.execute(
        "CREATE TABLE IF NOT EXISTS "
            + table
            + " (key text NOT NULL PRIMARY KEY, value text NOT NULL)");
    int level = level(session);
    for (String step : steps.subList(Math.min(level, steps.size()), steps.size())) {
      session.execute(step);
    }
    if (level < steps.size()) {
      record(session, steps.size());
    }
  }

  /**
   * Does every step, whatever the record says, because the tables are gone; and records them. The
   * table of the record must exist.
   */
  public void repeat(Session session) throws SQLException {
    for (String step : steps) {
      session.execute(step);
    }
    record(session, Math.max(steps.size(), level(session)));
  }

  private int level(Session session) throws SQLException {
    PreparedStatement select = session.prepare("SELECT value FROM " + table + " WHERE key = ?");
    select.setString(1, key);
    try (ResultSet rows = select.executeQuery()) {
      return rows.next() ? Integer.parseInt(rows.getString(1)) : 0;
    } catch (NumberFormatException e) {
      throw new SQLDataException(
          "the row '" + key + "' of the table " + table + " holds no migration level", e);
    }
  }

  private void record(Session session, int level) throws SQLException {
    PreparedStatement upsert =
        session.prepare(
            "INSERT INTO "
                + table
                + " (key, value) VALUES (?, ?)"
                + " ON CONFLICT (key) DO UPDATE SET value = excluded.value");
    upsert.setString(1, key);
    upsert.setString(2, Integer.toString(level));
    upsert.executeUpdate();
  }
}
