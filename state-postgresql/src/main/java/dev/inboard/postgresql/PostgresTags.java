package dev.inboard.postgresql;

import dev.inboard.sql.Session;
import dev.inboard.sql.WorkflowReads;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;

/** Reads tags together with the instance: names and values in turn. */
final class PostgresTags implements WorkflowReads.TagSource {
  static final PostgresTags INSTANCE = new PostgresTags();

  private PostgresTags() {}

  @Override
  public String columns() {
    return ", ARRAY (SELECT unnest(ARRAY[t.name, t.value]) FROM wf_tag t WHERE t.instance = i.pk)"
        + " AS tags";
  }

  @Override
  public Map<String, String> read(Session session, ResultSet row) throws SQLException {
    String[] texts = (String[]) row.getArray("tags").getArray();
    Map<String, String> tags = new HashMap<>();
    for (int i = 0; i < texts.length; i += 2) {
      tags.put(texts[i], texts[i + 1]);
    }
    return tags;
  }
}
