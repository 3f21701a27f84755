package dev.inboard.postgresql;

import dev.inboard.common.ErrorCode;
import dev.inboard.common.InboardException;
import dev.inboard.spi.configuration.StoredItem;
import dev.inboard.sql.Call;
import dev.inboard.sql.Session;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The table of a configuration store, as a sidecar reads it: key, value and version are its first
 * three columns, whatever their names, and the fourth may hold metadata as JSON. Of several rows of
 * a key the one with the highest version counts; what is no number is below all numbers.
 */
final class ConfigurationTable {
  private final String some;
  private final String all;
  private final String delete;
  private final String insert;

  private ConfigurationTable(String table, List<String> columns) {
    String key = columns.get(0);
    String version = columns.get(2);
    String document = columns.size() > 3 ? columns.get(3) + "::json" : "'{}'::json";
    String pairs =
        "ARRAY(SELECT %s FROM json_each_text(CASE WHEN json_typeof("
            + document
            + ") = 'object' THEN "
            + document
            + " ELSE '{}' END) j ORDER BY j.key)";
    String select =
        "SELECT DISTINCT ON ("
            + key
            + ") "
            + String.join(", ", columns.subList(0, 3))
            + ", "
            + pairs.formatted("j.key")
            + ", "
            + pairs.formatted("coalesce(j.value, '')")
            + " FROM "
            + table;
    String order =
        " ORDER BY "
            + key
            + ", CASE WHEN "
            + version
            + " ~ '^[+-]?[0-9]+$' THEN "
            + version
            + "::numeric ELSE -1 END DESC";
    all = select + order;
    some = select + " WHERE " + key + " = ANY (?)" + order;
    delete = "DELETE FROM " + table + " WHERE " + key + " = ?";
    insert =
        "INSERT INTO "
            + table
            + " ("
            + String.join(", ", columns.subList(0, 3))
            + ") VALUES (?, ?, ?)";
  }

  /**
   * Looks at a table.
   *
   * @throws InboardException {@code NOT_FOUND} when it does not exist, {@code INVALID_ARGUMENT}
   *     when it has too few columns
   */
  static ConfigurationTable open(Session session, String table, Call call) throws SQLException {
    List<String> columns = new ArrayList<>();
    try (ResultSet none = session.prepare("SELECT * FROM " + table + " LIMIT 0").executeQuery()) {
      ResultSetMetaData described = none.getMetaData();
      for (int i = 1; i <= described.getColumnCount(); i++) {
        columns.add('"' + described.getColumnName(i).replace("\"", "\"\"") + '"');
      }
    } catch (SQLException e) {
      if ("42P01".equals(e.getSQLState())) {
        throw call.failed(
            ErrorCode.NOT_FOUND,
            "there is no table '"
                + table
                + "'; create it: CREATE TABLE "
                + table
                + " (key VARCHAR NOT NULL, value VARCHAR NOT NULL, version VARCHAR NOT NULL,"
                + " metadata JSON)",
            e);
      }
      throw e;
    }
    if (columns.size() < 3) {
      throw call.failed(
          ErrorCode.INVALID_ARGUMENT,
          "the table '" + table + "' needs three columns, for key, value and version",
          null);
    }
    return new ConfigurationTable(table, columns);
  }

  /** Reads items; no key: all. */
  Map<String, StoredItem> read(Session session, Set<String> keys) throws SQLException {
    PreparedStatement statement = session.prepare(keys.isEmpty() ? all : some);
    if (!keys.isEmpty()) {
      statement.setArray(
          1, session.connection().createArrayOf("text", keys.toArray(new String[0])));
    }
    Map<String, StoredItem> items = new HashMap<>();
    try (ResultSet row = statement.executeQuery()) {
      while (row.next()) {
        items.put(
            row.getString(1), new StoredItem(row.getString(2), row.getString(3), metadata(row)));
      }
    }
    return items;
  }

  private static Map<String, String> metadata(ResultSet row) throws SQLException {
    String[] names = (String[]) row.getArray(4).getArray();
    String[] values = (String[]) row.getArray(5).getArray();
    Map<String, String> metadata = new HashMap<>();
    for (int i = 0; i < names.length; i++) {
      metadata.put(names[i], values[i]);
    }
    return Map.copyOf(metadata);
  }

  /** Makes one row of a key; in a transaction. */
  void write(Session session, String key, String value, String version) throws SQLException {
    PreparedStatement alone =
        session.prepare("SELECT pg_advisory_xact_lock(hashtextextended(?, 7017))");
    alone.setString(1, key);
    alone.executeQuery().close();
    remove(session, key);
    PreparedStatement statement = session.prepare(insert);
    statement.setString(1, key);
    statement.setString(2, value);
    statement.setString(3, version);
    statement.executeUpdate();
  }

  void remove(Session session, String key) throws SQLException {
    PreparedStatement statement = session.prepare(delete);
    statement.setString(1, key);
    statement.executeUpdate();
  }
}
