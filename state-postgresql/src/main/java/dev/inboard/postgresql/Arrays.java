package dev.inboard.postgresql;

import dev.inboard.sql.Session;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Sets the parameters of a statement that works on many rows: each parameter is one column of all
 * rows.
 *
 * @param <E> a row
 */
final class Arrays<E> {
  private final Session session;
  private final PreparedStatement statement;
  private final List<E> rows;
  private int index;

  Arrays(Session session, PreparedStatement statement, List<E> rows) {
    this.session = session;
    this.statement = statement;
    this.rows = rows;
  }

  /**
   * Returns a condition that always holds, on a column of numbers of the rows. The planner believes
   * that it leaves one row, and so looks every row up by an index; else it plans, while a table is
   * small, to read all of it, and keeps to that plan when the table has grown.
   */
  static String few(String column) {
    return "(" + column + " + 0 = " + column + ")";
  }

  /** Sets a parameter that is the same for all rows. */
  Arrays<E> text(String value) throws SQLException {
    statement.setString(++index, value);
    return this;
  }

  Arrays<E> texts(Function<E, @Nullable String> column) throws SQLException {
    return set("text", rows.stream().map(column).toArray(String[]::new));
  }

  Arrays<E> numbers(Function<E, @Nullable Long> column) throws SQLException {
    return set("int8", rows.stream().map(column).toArray(Long[]::new));
  }

  Arrays<E> times(Function<E, @Nullable Instant> column) throws SQLException {
    return numbers(
        row -> {
          Instant time = column.apply(row);
          return time == null ? null : time.toEpochMilli();
        });
  }

  Arrays<E> flags(Function<E, Boolean> column) throws SQLException {
    return set("bool", rows.stream().map(column).toArray(Boolean[]::new));
  }

  Arrays<E> bytes(Function<E, byte @Nullable []> column) throws SQLException {
    return set("bytea", rows.stream().map(column).toArray(byte[][]::new));
  }

  private Arrays<E> set(String type, Object[] values) throws SQLException {
    statement.setArray(++index, session.connection().createArrayOf(type, values));
    return this;
  }
}
