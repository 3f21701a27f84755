package dev.inboard.postgresql;

import dev.inboard.sql.Session;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Instant;
import java.util.List;
import java.util.function.Function;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * Sets the parameters of a statement that works on many rows: each parameter is one column of all
 * rows, or of the only one when the statement {@linkplain #ofOne is for one}.
 *
 * @param <E> a row
 */
final class Arrays<E> {
  private final Session session;
  private final PreparedStatement statement;
  private final List<E> rows;
  private int index;

  private final boolean ofOne;

  Arrays(Session session, PreparedStatement statement, List<E> rows) {
    this(session, statement, rows, false);
  }

  private Arrays(Session session, PreparedStatement statement, List<E> rows, boolean ofOne) {
    this.session = session;
    this.statement = statement;
    this.rows = rows;
    this.ofOne = ofOne;
  }

  /** Sets those of a statement {@linkplain #ofOne for one row}. */
  static <E> Arrays<E> ofOne(Session session, PreparedStatement statement, E row) {
    return new Arrays<>(session, statement, List.of(row), true);
  }

  /**
   * Returns a condition that always holds, on a column of numbers of the rows. The planner believes
   * that it leaves one row, and so looks every row up by an index; else it plans, while a table is
   * small, to read all of it, and keeps to that plan when the table has grown.
   */
  static String few(String column) {
    return "(" + column + " + 0 = " + column + ")";
  }

  /** Returns the statement for a single row, which costs the server less. */
  static String ofOne(String sql) {
    int begin = sql.indexOf("unnest(");
    int end = sql.indexOf(')', begin);
    return sql.substring(0, begin)
        + "(VALUES ("
        + sql.substring(begin + "unnest(".length(), end).replace("[]", "")
        + "))"
        + sql.substring(end + 1);
  }

  /** Sets a parameter that is the same for all rows. */
  Arrays<E> text(String value) throws SQLException {
    statement.setString(++index, value);
    return this;
  }

  Arrays<E> texts(Function<E, @Nullable String> column) throws SQLException {
    return set("text", Types.VARCHAR, column, String[]::new);
  }

  Arrays<E> numbers(Function<E, @Nullable Long> column) throws SQLException {
    return set("int8", Types.BIGINT, column, Long[]::new);
  }

  Arrays<E> times(Function<E, @Nullable Instant> column) throws SQLException {
    return numbers(
        row -> {
          Instant time = column.apply(row);
          return time == null ? null : time.toEpochMilli();
        });
  }

  Arrays<E> flags(Function<E, Boolean> column) throws SQLException {
    return set("bool", Types.BOOLEAN, column, Boolean[]::new);
  }

  Arrays<E> bytes(Function<E, byte @Nullable []> column) throws SQLException {
    return set("bytea", Types.BINARY, column, byte[][]::new);
  }

  private <V> Arrays<E> set(
      String type, int single, Function<E, @Nullable V> column, IntFunction<@Nullable V[]> array)
      throws SQLException {
    index++;
    if (ofOne) {
      statement.setObject(index, column.apply(rows.get(0)), single);
      return this;
    }
    @Nullable V[] values = array.apply(rows.size());
    for (int i = 0; i < values.length; i++) {
      values[i] = column.apply(rows.get(i));
    }
    statement.setArray(index, session.connection().createArrayOf(type, values));
    return this;
  }
}
