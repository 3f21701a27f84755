package dev.inboard.postgresql;

import dev.inboard.sql.Session;
import java.sql.ResultSet;
import java.sql.SQLException;

/** The clock of the server, which all nodes share. */
final class ServerTime {
  /** The time in milliseconds since 1970, in SQL. */
  static final String NOW = "(extract(epoch FROM clock_timestamp()) * 1000)::bigint";

  private ServerTime() {}

  static long now(Session session) throws SQLException {
    try (ResultSet row = session.prepare("SELECT " + NOW).executeQuery()) {
      row.next();
      return row.getLong(1);
    }
  }
}
