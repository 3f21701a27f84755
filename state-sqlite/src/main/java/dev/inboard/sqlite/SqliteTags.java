package dev.inboard.sqlite;

import dev.inboard.sql.Session;
import dev.inboard.sql.WorkflowReads;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;

/** Reads tags by a query of their own: here it costs a few microseconds. */
final class SqliteTags implements WorkflowReads.TagSource {
  static final SqliteTags INSTANCE = new SqliteTags();

  private SqliteTags() {}

  @Override
  public String columns() {
    return "";
  }

  @Override
  public Map<String, String> read(Session session, ResultSet row) throws SQLException {
    PreparedStatement select = session.prepare("SELECT name, value FROM wf_tag WHERE instance = ?");
    select.setLong(1, row.getLong(1));
    try (ResultSet rows = select.executeQuery()) {
      Map<String, String> tags = new HashMap<>();
      while (rows.next()) {
        tags.put(rows.getString(1), rows.getString(2));
      }
      return tags;
    }
  }
}
