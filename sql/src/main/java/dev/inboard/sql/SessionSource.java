package dev.inboard.sql;

import java.sql.SQLException;

/** Opens sessions on one database. */
@FunctionalInterface
public interface SessionSource {
  /** Opens a session of its own for the caller, who closes it. */
  Session open() throws SQLException;
}
