package dev.inboard.postgresql;

import dev.inboard.spi.workflow.Claims;
import dev.inboard.spi.workflow.InstanceRecord;
import dev.inboard.sql.InstanceRows;
import dev.inboard.sql.Session;
import dev.inboard.sql.WorkflowReads;
import java.sql.Array;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Looks for instances that need attention, and takes them. Those that others take are skipped. */
final class ClaimStatement {
  private static final String LOOK =
      """
      SELECT EXISTS (SELECT 1 FROM wf_node WHERE lease_until < {now}),
        (SELECT min(wake_at) FROM wf_instance WHERE app = ? AND owner IS NULL
          AND finished_at IS NULL AND wake_at IS NOT NULL),
        ARRAY (SELECT id FROM wf_instance WHERE owner = ? AND inbox_count > 0),
        (SELECT count(*) FROM wf_node), {now}"""
          .replace("{now}", ServerTime.NOW);
  private static final String CLAIM =
      """
      WITH d AS (SELECT pk FROM wf_instance WHERE app = ? AND owner IS NULL
            AND finished_at IS NULL AND wake_at IS NOT NULL AND wake_at <= {now}
          ORDER BY wake_at LIMIT ? FOR NO KEY UPDATE SKIP LOCKED),
        i AS (UPDATE wf_instance w SET owner = ?, epoch = w.epoch + 1,
            recoveries = w.recoveries + w.orphaned, orphaned = 0
          FROM d WHERE w.pk = d.pk RETURNING w.*)
      SELECT {columns} FROM i
        LEFT JOIN wf_payload p ON p.instance = i.pk ORDER BY i.wake_at"""
          .replace("{now}", ServerTime.NOW)
          .replace("{columns}", InstanceRows.columns(PostgresTags.INSTANCE.columns()));

  private ClaimStatement() {}

  /** What there is to see before anything is taken. */
  record View(boolean anyExpired, @Nullable Long nextWake, List<String> mail, int nodes, long now) {
    boolean isQuiet() {
      return !anyExpired && (nextWake == null || nextWake > now);
    }

    Claims claims(List<InstanceRecord> taken) {
      return new Claims(taken, mail, nextWake == null ? null : Instant.ofEpochMilli(nextWake));
    }
  }

  static View look(Session session, String app, String node) throws SQLException {
    PreparedStatement statement = session.prepare(LOOK);
    statement.setString(1, app);
    statement.setString(2, node);
    try (ResultSet row = statement.executeQuery()) {
      row.next();
      long next = row.getLong(2);
      Long nextWake = row.wasNull() ? null : next;
      Array mail = row.getArray(3);
      return new View(
          row.getBoolean(1),
          nextWake,
          List.of((String[]) mail.getArray()),
          row.getInt(4),
          row.getLong(5));
    }
  }

  static List<InstanceRecord> take(
      Session session, WorkflowReads reads, String app, String node, int max) throws SQLException {
    PreparedStatement statement = session.prepare(CLAIM);
    statement.setString(1, app);
    statement.setInt(2, max);
    statement.setString(3, node);
    List<InstanceRecord> taken = new ArrayList<>();
    try (ResultSet rows = statement.executeQuery()) {
      while (rows.next()) {
        taken.add(reads.record(session, rows));
      }
    }
    return taken;
  }
}
