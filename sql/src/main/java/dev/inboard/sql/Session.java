package dev.inboard.sql;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;

/**
 * A connection and the statements prepared on it. Used by one thread at a time.
 *
 * <p>Statements are kept for the life of the session, so their texts must come from a small fixed
 * set: values are always parameters.
 */
public final class Session implements AutoCloseable {
  private final Connection connection;
  private final Map<String, PreparedStatement> statements = new HashMap<>();

  /** Takes over a connection. */
  public Session(Connection connection) {
    this.connection = connection;
  }

  /** Returns the connection. Transactions on it are the business of whoever owns the session. */
  public Connection connection() {
    return connection;
  }

  /** Returns the statement of this text, prepared at its first use. Do not close it. */
  public PreparedStatement prepare(String sql) throws SQLException {
    PreparedStatement statement = statements.get(sql);
    if (statement == null) {
      statement = connection.prepareStatement(sql);
      statements.put(sql, statement);
    }
    return statement;
  }

  /** Carries out a statement without parameters and without a result. */
  public void execute(String sql) throws SQLException {
    prepare(sql).executeUpdate();
  }

  /**
   * Prepares every statement afresh at its next use: a failed one may not be fit for another run.
   */
  public void forgetStatements() {
    statements.values().forEach(Session::closeQuietly);
    statements.clear();
  }

  @Override
  public void close() {
    forgetStatements();
    closeQuietly(connection);
  }

  private static void closeQuietly(AutoCloseable resource) {
    try {
      resource.close();
    } catch (Exception e) {
      // It is given up either way, and whoever gives it up has a better failure to report.
    }
  }
}
