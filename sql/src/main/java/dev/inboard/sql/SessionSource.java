package dev.inboard.sql;

import java.sql.SQLException;

/** Opens sessions on one database, and looks after them. */
@FunctionalInterface
public interface SessionSource {
  /** Opens a session of its own for the caller, who closes it. */
  Session open() throws SQLException;

  /**
   * Does what the database needs from time to time, such as moving a log into its file. Called by a
   * writer after each commit, when its callers have been told: so it must be quick, most times.
   */
  default void afterCommit(Session session) throws SQLException {}
}
