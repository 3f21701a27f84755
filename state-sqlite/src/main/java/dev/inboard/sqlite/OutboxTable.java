package dev.inboard.sqlite;

import dev.inboard.common.ErrorCode;
import dev.inboard.spi.state.OutboxStateStoreDriver.OutboxEvent;
import dev.inboard.spi.state.OutboxStateStoreDriver.StoredEvent;
import dev.inboard.sql.Call;
import dev.inboard.sql.Session;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The table of events that wait to be published. A sidecar knows nothing of it; it is made when the
 * first event comes.
 *
 * <p>The database has one writer at a time, so the rows' numbers are in the order of the commits.
 */
final class OutboxTable {
  private final String table;
  private final String create;
  private final String insert;
  private final String select;
  private final String delete;
  private final String count;

  /**
   * Describes the table.
   *
   * @param table its name, quoted
   */
  OutboxTable(String table) {
    this.table = table;
    create =
        "CREATE TABLE IF NOT EXISTS "
            + table
            + " (position INTEGER PRIMARY KEY AUTOINCREMENT, outbox TEXT NOT NULL,"
            + " key TEXT NOT NULL, body BLOB NOT NULL)";
    insert = "INSERT INTO " + table + " (outbox, key, body) VALUES (?, ?, ?)";
    select =
        "SELECT position, key, body FROM "
            + table
            + " WHERE position > ? AND outbox = ? ORDER BY position LIMIT ?";
    count = "SELECT count(*) FROM " + table + " WHERE outbox = ?";
    delete = "DELETE FROM " + table + " WHERE position = ? AND outbox = ?";
  }

  private boolean exists(Session session) throws SQLException {
    PreparedStatement statement =
        session.prepare("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?");
    statement.setString(1, table.replace("\"", ""));
    try (ResultSet rows = statement.executeQuery()) {
      return rows.next();
    }
  }

  /** Adds events. Runs in the transaction that writes the entries. */
  void add(Session session, String outbox, List<OutboxEvent> events) throws SQLException {
    if (!exists(session)) {
      session.execute(create);
    }
    PreparedStatement statement = session.prepare(insert);
    for (OutboxEvent event : events) {
      statement.setString(1, outbox);
      statement.setString(2, event.key());
      statement.setBytes(3, event.body());
      statement.executeUpdate();
    }
  }

  /** Reads the next events. */
  List<StoredEvent> next(
      Session session, String outbox, @Nullable String after, int limit, Call call)
      throws SQLException {
    List<StoredEvent> events = new ArrayList<>();
    if (!exists(session)) {
      return events;
    }
    PreparedStatement statement = session.prepare(select);
    statement.setLong(1, after == null ? 0 : position(after, call));
    statement.setString(2, outbox);
    statement.setInt(3, limit);
    try (ResultSet row = statement.executeQuery()) {
      while (row.next()) {
        events.add(
            new StoredEvent(Long.toString(row.getLong(1)), row.getString(2), row.getBytes(3)));
      }
    }
    return events;
  }

  /** Counts the events. */
  long count(Session session, String outbox) throws SQLException {
    if (!exists(session)) {
      return 0;
    }
    PreparedStatement statement = session.prepare(count);
    statement.setString(1, outbox);
    try (ResultSet row = statement.executeQuery()) {
      row.next();
      return row.getLong(1);
    }
  }

  /** Removes events. */
  void remove(Session session, String outbox, List<String> positions, Call call)
      throws SQLException {
    if (positions.isEmpty() || !exists(session)) {
      return;
    }
    PreparedStatement statement = session.prepare(delete);
    for (String position : positions) {
      statement.setLong(1, position(position, call));
      statement.setString(2, outbox);
      statement.executeUpdate();
    }
  }

  private static long position(String text, Call call) {
    try {
      return Long.parseLong(text);
    } catch (NumberFormatException e) {
      throw call.failed(
          ErrorCode.INVALID_ARGUMENT, "'" + text + "' is no position of this outbox", e);
    }
  }
}
