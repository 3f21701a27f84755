package dev.inboard.sql;

import dev.inboard.spi.workflow.InstanceDefinition;
import dev.inboard.spi.workflow.InstanceRecord;
import dev.inboard.spi.workflow.InstanceStatus;
import dev.inboard.spi.workflow.Ownership;
import dev.inboard.spi.workflow.Parent;
import dev.inboard.spi.workflow.Progress;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Rows of {@code wf_instance}, to and from what the engine knows. */
public final class InstanceRows {
  /** Inputs above this size live in {@code wf_payload}, so that turns need not write them again. */
  public static final int LARGE = 4_096;

  private static final String FROM =
      " FROM wf_instance i LEFT JOIN wf_payload p ON p.instance = i.pk ";

  private InstanceRows() {}

  /**
   * Selects everything that {@link #read} needs; continue it with {@code WHERE}.
   *
   * @param columns further columns, each after a comma
   */
  public static String select(String columns) {
    return "SELECT i.*, p.input AS large_input" + columns + FROM;
  }

  /** Reads the row that the result stands on. */
  public static InstanceRecord read(ResultSet row, Map<String, String> tags) throws SQLException {
    String owner = row.getString("owner");
    String id = row.getString("id");
    long pk = row.getLong("pk");
    return new InstanceRecord(
        definition(row, id, tags),
        progress(row),
        owner == null ? null : new Ownership(id, pk, owner, row.getLong("epoch")),
        time(row, "wake_at"),
        row.getInt("recoveries"));
  }

  private static InstanceDefinition definition(ResultSet row, String id, Map<String, String> tags)
      throws SQLException {
    String parentId = row.getString("parent_id");
    byte[] large = row.getBytes("large_input");
    return new InstanceDefinition(
        id,
        row.getString("name"),
        row.getString("version"),
        row.getString("execution_id"),
        large != null ? large : row.getBytes("input"),
        parentId == null
            ? null
            : new Parent(
                parentId,
                row.getString("parent_execution_id"),
                row.getInt("parent_generation"),
                row.getInt("parent_task")),
        tags,
        Instant.ofEpochMilli(row.getLong("created_at")),
        Instant.ofEpochMilli(row.getLong("start_at")));
  }

  private static Progress progress(ResultSet row) throws SQLException {
    return new Progress(
        InstanceStatus.valueOf(row.getString("status")),
        row.getInt("generation"),
        row.getLong("turn"),
        row.getBytes("custom_status"),
        row.getString("waiting_for"),
        row.getBytes("output"),
        row.getBytes("failure"),
        time(row, "started_at"),
        Instant.ofEpochMilli(row.getLong("updated_at")),
        time(row, "finished_at"),
        row.getInt("events"),
        row.getLong("history_bytes"));
  }

  private static @Nullable Instant time(ResultSet row, String column) throws SQLException {
    long millis = row.getLong(column);
    return row.wasNull() ? null : Instant.ofEpochMilli(millis);
  }

  /** Sets a parameter to a time, or to null. */
  public static void setTime(PreparedStatement statement, int index, @Nullable Instant time)
      throws SQLException {
    if (time == null) {
      statement.setNull(index, Types.BIGINT);
    } else {
      statement.setLong(index, time.toEpochMilli());
    }
  }

  /** Says whether an input goes to {@code wf_payload}. */
  public static boolean isLarge(byte @Nullable [] input) {
    return input != null && input.length > LARGE;
  }
}
