package dev.inboard.postgresql;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;

/** A table of configuration as operators set it up: other names of columns, and a trigger. */
final class ConfigurationTrigger {
  private ConfigurationTrigger() {}

  /** Makes the table {@code settings}, whose trigger tells of changes on {@code config}. */
  static void install(String jdbcUrl) {
    execute(
        jdbcUrl,
        """
        CREATE TABLE settings (item VARCHAR NOT NULL, content VARCHAR NOT NULL,
          version VARCHAR NOT NULL, metadata JSON);
        CREATE FUNCTION tell() RETURNS TRIGGER AS $$
        BEGIN
          PERFORM pg_notify('config', json_build_object('table', TG_TABLE_NAME, 'action', TG_OP,
            'data', row_to_json(CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END))::text);
          RETURN NULL;
        END $$ LANGUAGE plpgsql;
        CREATE TRIGGER tell AFTER INSERT OR UPDATE OR DELETE ON settings
          FOR EACH ROW EXECUTE FUNCTION tell()""");
  }

  static void execute(String jdbcUrl, String sql) {
    try (Connection connection = DriverManager.getConnection(jdbcUrl);
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    } catch (SQLException e) {
      throw new AssertionError(sql, e);
    }
  }

  static void put(String jdbcUrl, String key, String value, String version) throws SQLException {
    try (Connection connection = DriverManager.getConnection(jdbcUrl)) {
      connection.setAutoCommit(false);
      try (PreparedStatement remove =
              connection.prepareStatement("DELETE FROM settings WHERE item = ?");
          PreparedStatement insert =
              connection.prepareStatement("INSERT INTO settings VALUES (?, ?, ?)")) {
        remove.setString(1, key);
        remove.executeUpdate();
        insert.setString(1, key);
        insert.setString(2, value);
        insert.setString(3, version);
        insert.executeUpdate();
      }
      connection.commit();
    }
  }
}
