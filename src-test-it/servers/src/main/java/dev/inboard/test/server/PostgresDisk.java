package dev.inboard.test.server;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/**
 * A disk that is full for the large values of one table: whoever writes one is refused, as the
 * operating system refuses it. Made by {@link PostgresServer#fillDisk}.
 */
public final class PostgresDisk implements AutoCloseable {
  private final String url;
  private final String file;
  private boolean full;

  PostgresDisk(String url, String table) {
    this.url = url;
    String path =
        "SELECT pg_relation_filepath(reltoastrelid) FROM pg_class WHERE oid = '%s'::regclass"
            .formatted(table);
    try (Connection connection = DriverManager.getConnection(url);
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(path)) {
      row.next();
      this.file = row.getString(1);
    } catch (SQLException e) {
      throw new IllegalStateException(path, e);
    }
    run("mv " + file + " " + file + ".kept && ln -s /dev/full " + file);
    full = true;
  }

  /** Ends the trouble. */
  public void makeRoom() {
    if (full) {
      run("mv " + file + ".kept " + file);
      full = false;
    }
  }

  /** Runs a command in the folder of the server's data, and has clients open their files afresh. */
  private void run(String command) {
    try (Connection connection = DriverManager.getConnection(url);
        Statement statement = connection.createStatement()) {
      statement.execute("COPY (SELECT 1) TO PROGRAM 'cat > /dev/null && " + command + "'");
      statement.execute(
          "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity"
              + " WHERE application_name = 'inboard'");
    } catch (SQLException e) {
      throw new IllegalStateException(command, e);
    }
  }

  /** {@link #makeRoom Makes room}. */
  @Override
  public void close() {
    makeRoom();
  }
}
