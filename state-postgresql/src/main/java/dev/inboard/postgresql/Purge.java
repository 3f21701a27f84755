package dev.inboard.postgresql;

import dev.inboard.sql.Session;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;

/** Deletes many instances at once. */
final class Purge {
  private static final String DELETE =
      """
      WITH d AS (DELETE FROM wf_instance WHERE pk = ANY (?) AND finished_at IS NOT NULL
          RETURNING pk),
        h AS (DELETE FROM wf_history USING d WHERE instance = d.pk),
        b AS (DELETE FROM wf_inbox USING d WHERE instance = d.pk),
        p AS (DELETE FROM wf_payload USING d WHERE instance = d.pk),
        t AS (DELETE FROM wf_tag USING d WHERE instance = d.pk)
      SELECT count(*) FROM d""";

  private Purge() {}

  /** Deletes those instances that have finished; says how many. */
  static int finished(Session session, List<Long> keys) throws SQLException {
    if (keys.isEmpty()) {
      return 0;
    }
    PreparedStatement statement = session.prepare(DELETE);
    statement.setArray(1, session.connection().createArrayOf("int8", keys.toArray()));
    try (var row = statement.executeQuery()) {
      row.next();
      return row.getInt(1);
    }
  }
}
