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

  private static final String COLUMNS =
      "i.pk, i.owner, i.epoch, i.wake_at, i.recoveries, i.id, i.name, i.version,"
          + " i.execution_id, i.input, p.input, i.parent_id, i.parent_execution_id,"
          + " i.parent_generation, i.parent_task, i.created_at, i.start_at, i.status,"
          + " i.generation, i.turn, i.custom_status, i.waiting_for, i.output, i.failure,"
          + " i.started_at, i.updated_at, i.finished_at, i.events, i.history_bytes";
  private static final String FROM =
      " FROM wf_instance i LEFT JOIN wf_payload p ON p.instance = i.pk ";

  private InstanceRows() {}

  /**
   * Selects everything that {@link #read} needs, first the key; continue it with {@code WHERE}.
   *
   * @param columns further columns, each after a comma
   */
  public static String select(String columns) {
    return "SELECT " + columns(columns) + FROM;
  }

  /**
   * The same, without where they are from: the instance {@code i}, and {@code p}, which is its row
   * of {@code wf_payload} if it has one.
   */
  public static String columns(String more) {
    return COLUMNS + more;
  }

  /** Reads the row that the result stands on. */
  public static InstanceRecord read(ResultSet row, Map<String, String> tags) throws SQLException {
    Fields fields = new Fields(row);
    long pk = fields.number();
    String owner = fields.textOrNull();
    long epoch = fields.number();
    Instant wakeAt = fields.timeOrNull();
    int recoveries = fields.small();
    InstanceDefinition definition = definition(fields, tags);
    return new InstanceRecord(
        definition,
        progress(fields),
        owner == null ? null : new Ownership(definition.id(), pk, owner, epoch),
        wakeAt,
        recoveries);
  }

  private static InstanceDefinition definition(Fields fields, Map<String, String> tags)
      throws SQLException {
    String id = fields.text();
    String name = fields.text();
    String version = fields.text();
    String executionId = fields.text();
    byte[] small = fields.bytes();
    byte[] large = fields.bytes();
    Parent parent = parent(fields);
    return new InstanceDefinition(
        id,
        name,
        version,
        executionId,
        large != null ? large : small,
        parent,
        tags,
        fields.time(),
        fields.time());
  }

  private static @Nullable Parent parent(Fields fields) throws SQLException {
    String id = fields.textOrNull();
    String executionId = fields.textOrNull();
    int generation = fields.small();
    int task = fields.small();
    return id == null || executionId == null ? null : new Parent(id, executionId, generation, task);
  }

  private static Progress progress(Fields fields) throws SQLException {
    return new Progress(
        InstanceStatus.valueOf(fields.text()),
        fields.small(),
        fields.number(),
        fields.bytes(),
        fields.text(),
        fields.bytes(),
        fields.bytes(),
        fields.timeOrNull(),
        fields.time(),
        fields.timeOrNull(),
        fields.small(),
        fields.number());
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
