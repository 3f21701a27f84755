package dev.inboard.sql;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Reads the columns of a row, one after the other: to find a column by its name costs as much as to
 * read it.
 */
final class Fields {
  private final ResultSet row;
  private int index;

  /** Begins with the first column. */
  Fields(ResultSet row) {
    this.row = row;
  }

  /** Reads a text that is there. */
  String text() throws SQLException {
    return row.getString(++index);
  }

  /** Reads a text, or null. */
  @Nullable String textOrNull() throws SQLException {
    return row.getString(++index);
  }

  /** Reads a number; null is 0. */
  long number() throws SQLException {
    return row.getLong(++index);
  }

  /** Reads a small number; null is 0. */
  int small() throws SQLException {
    return row.getInt(++index);
  }

  /** Reads bytes, or null. */
  byte @Nullable [] bytes() throws SQLException {
    return row.getBytes(++index);
  }

  /** Reads a time in milliseconds since 1970 that is there. */
  Instant time() throws SQLException {
    return Instant.ofEpochMilli(number());
  }

  /** Reads a time in milliseconds since 1970, or null. */
  @Nullable Instant timeOrNull() throws SQLException {
    long millis = number();
    return row.wasNull() ? null : Instant.ofEpochMilli(millis);
  }
}
