package dev.inboard.sql;

import dev.inboard.spi.workflow.Parent;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** Sets the parameters of a statement, one after the other. */
public final class Parameters {
  private final PreparedStatement statement;
  private int index;

  /** Begins with the first parameter. */
  public Parameters(PreparedStatement statement) {
    this.statement = statement;
  }

  /** Sets a text, or null. */
  public Parameters text(@Nullable String value) throws SQLException {
    statement.setString(++index, value);
    return this;
  }

  /** Sets a number. */
  public Parameters number(long value) throws SQLException {
    statement.setLong(++index, value);
    return this;
  }

  /** Sets bytes, or null. */
  public Parameters bytes(byte @Nullable [] value) throws SQLException {
    statement.setBytes(++index, value);
    return this;
  }

  /** Sets a time in milliseconds since 1970, or null. */
  public Parameters time(@Nullable Instant value) throws SQLException {
    InstanceRows.setTime(statement, ++index, value);
    return this;
  }

  /** Sets the four parameters of a parent, or of none. */
  public Parameters parent(@Nullable Parent parent) throws SQLException {
    return text(parent == null ? null : parent.id())
        .text(parent == null ? null : parent.executionId())
        .number(parent == null ? 0 : parent.generation())
        .number(parent == null ? 0 : parent.task());
  }

  /** Carries the statement out and returns how many rows it changed. */
  public int update() throws SQLException {
    return statement.executeUpdate();
  }
}
