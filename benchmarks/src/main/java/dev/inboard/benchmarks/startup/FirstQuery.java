package dev.inboard.benchmarks.startup;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;

/** An application that opens SQLite by JDBC, says how many nanoseconds that took, and ends. */
public final class FirstQuery {
  private FirstQuery() {}

  /** Makes a table and asks it once, in a file of the folder that the argument names. */
  public static void main(String[] arguments) throws SQLException {
    long began = System.nanoTime();
    Path file = Path.of(arguments[0], "driver.db");
    try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file);
        Statement statement = connection.createStatement()) {
      statement.execute("PRAGMA journal_mode = WAL");
      statement.execute("CREATE TABLE IF NOT EXISTS item (key TEXT PRIMARY KEY, value TEXT)");
      try (PreparedStatement query =
          connection.prepareStatement("SELECT value FROM item WHERE key = ?")) {
        query.setString(1, "key");
        query.executeQuery().close();
      }
      System.out.println(System.nanoTime() - began);
    }
  }
}
