package dev.inboard.postgresql;

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
 * The table of events that wait to be published. A sidecar knows nothing of it; it is made before
 * the first event comes.
 *
 * <p>Events get their numbers after their transaction has written, and thereby locked, its entries.
 * So of two transactions with an entry in common, the later one has the higher numbers.
 */
final class OutboxTable {
  private final PostgresDatabase database;
  private final TableMigrations migrations;
  private final String insert;
  private final String select;
  private final String delete;
  private final String count;
  private volatile boolean exists;

  /**
   * Describes the table.
   *
   * @param metadata the table in which migrations are recorded
   * @param state the table of the entries
   */
  OutboxTable(PostgresDatabase database, String metadata, String state) {
    this.database = database;
    String table = state + "_outbox";
    migrations =
        new TableMigrations(
            metadata,
            "migrations-" + table,
            table,
            List.of(
                "CREATE TABLE IF NOT EXISTS "
                    + table
                    + " (position bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,"
                    + " outbox text NOT NULL, key text NOT NULL, body bytea NOT NULL)"));
    insert =
        "INSERT INTO "
            + table
            + " (outbox, key, body) SELECT ?, e.key, e.body"
            + " FROM unnest(?::text[], ?::bytea[]) WITH ORDINALITY AS e (key, body, place)"
            + " ORDER BY e.place";
    select =
        "SELECT position, key, body FROM "
            + table
            + " WHERE position > ? AND outbox = ? ORDER BY position LIMIT ?";
    count = "SELECT count(*) FROM " + table + " WHERE outbox = ?";
    delete = "DELETE FROM " + table + " WHERE position = ANY (?) AND outbox = ?";
  }

  /** Makes the table if it is absent. Not within a transaction. */
  void prepare() throws SQLException {
    if (!exists) {
      try (Session session = database.openPatient()) {
        migrations.apply(session);
      }
      exists = true;
    }
  }

  /** Adds events. Runs in the transaction that writes the entries, after they are written. */
  void add(Session session, String outbox, List<OutboxEvent> events) throws SQLException {
    PreparedStatement statement = session.prepare(insert);
    new Arrays<>(session, statement, events)
        .text(outbox)
        .texts(OutboxEvent::key)
        .bytes(OutboxEvent::body);
    statement.executeUpdate();
  }

  /** Reads the next events. */
  List<StoredEvent> next(
      Session session, String outbox, @Nullable String after, int limit, Call call)
      throws SQLException {
    PreparedStatement statement = session.prepare(select);
    statement.setLong(1, after == null ? 0 : position(after, call));
    statement.setString(2, outbox);
    statement.setInt(3, limit);
    List<StoredEvent> events = new ArrayList<>();
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
    Long[] numbers = positions.stream().map(text -> position(text, call)).toArray(Long[]::new);
    PreparedStatement statement = session.prepare(delete);
    statement.setArray(1, session.connection().createArrayOf("int8", numbers));
    statement.setString(2, outbox);
    statement.executeUpdate();
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
