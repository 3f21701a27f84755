package dev.inboard.sqlite;

import dev.inboard.spi.workflow.Parent;
import dev.inboard.sql.InstanceRows;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** Sets the parameters of a statement, one after the other. */
final class Parameters {
  private final PreparedStatement statement;
  private int index;

  Parameters(PreparedStatement statement) {
    this.statement = statement;
  }

  Parameters text(@Nullable String value) throws SQLException {
    statement.setString(++index, value);
    return this;
  }

  Parameters number(long value) throws SQLException {
    statement.setLong(++index, value);
    return this;
  }

  Parameters bytes(byte @Nullable [] value) throws SQLException {
    statement.setBytes(++index, value);
    return this;
  }

  Parameters time(@Nullable Instant value) throws SQLException {
    InstanceRows.setTime(statement, ++index, value);
    return this;
  }

  Parameters parent(@Nullable Parent parent) throws SQLException {
    return text(parent == null ? null : parent.id())
        .text(parent == null ? null : parent.executionId())
        .number(parent == null ? 0 : parent.generation())
        .number(parent == null ? 0 : parent.task());
  }

  int update() throws SQLException {
    return statement.executeUpdate();
  }
}
