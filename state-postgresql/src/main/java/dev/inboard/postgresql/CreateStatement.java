package dev.inboard.postgresql;

import dev.inboard.spi.workflow.Creation;
import dev.inboard.spi.workflow.InstanceDefinition;
import dev.inboard.spi.workflow.InstanceRecord;
import dev.inboard.spi.workflow.Ownership;
import dev.inboard.spi.workflow.Parent;
import dev.inboard.spi.workflow.Progress;
import dev.inboard.spi.workflow.Turn;
import dev.inboard.sql.InstanceRows;
import dev.inboard.sql.Session;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Creates many instances at once, unless their ids are taken. */
final class CreateStatement {
  private static final String CREATE =
      """
      WITH s AS (SELECT * FROM unnest(?::text[], ?::text[], ?::text[], ?::text[], ?::text[],
          ?::bigint[], ?::bigint[], ?::text[], ?::boolean[], ?::boolean[], ?::bigint[], ?::bytea[],
          ?::bytea[], ?::bytea[], ?::bytea[], ?::bytea[], ?::text[], ?::text[], ?::text[],
          ?::bigint[], ?::bigint[], ?::bigint[], ?::bigint[], ?::bigint[], ?::bigint[],
          ?::bigint[], ?::bigint[], ?::bigint[], ?::bytea[]) AS s (id, name, version,
          execution_id, status, generation, turn, node, at_once, may_wait, wake_at, input,
          large_input, output, failure, custom_status, waiting_for, parent_id,
          parent_execution_id, parent_generation, parent_task, created_at, start_at, started_at,
          updated_at, finished_at, events, history_bytes, history)),
        n AS (SELECT id FROM wf_node WHERE id IN (SELECT node FROM s) FOR KEY SHARE),
        c AS (INSERT INTO wf_instance (app, id, name, version, execution_id, status, generation,
            turn, owner, epoch, wake_at, recoveries, orphaned, inbox_count, input, output, failure,
            custom_status, waiting_for, parent_id, parent_execution_id, parent_generation,
            parent_task, created_at, start_at, started_at, updated_at, finished_at, events,
            history_bytes)
          SELECT ?, s.id, s.name, s.version, s.execution_id, s.status, s.generation, s.turn, n.id,
            1, CASE WHEN s.at_once THEN LEAST(s.wake_at, {now}) ELSE s.wake_at END, 0, 0, 0,
            s.input, s.output, s.failure, s.custom_status, s.waiting_for, s.parent_id,
            s.parent_execution_id, s.parent_generation, s.parent_task, s.created_at, s.start_at,
            s.started_at, s.updated_at, s.finished_at, s.events, s.history_bytes
          FROM s LEFT JOIN n ON n.id = s.node AND NOT (s.may_wait AND s.start_at > {now})
          ON CONFLICT (app, id) DO NOTHING RETURNING pk, id, owner, wake_at),
        h AS (INSERT INTO wf_history (instance, turn, payload)
          SELECT c.pk, s.turn, s.history FROM c JOIN s USING (id) WHERE length(s.history) > 0),
        p AS (INSERT INTO wf_payload (instance, input)
          SELECT c.pk, s.large_input FROM c JOIN s USING (id) WHERE s.large_input IS NOT NULL)
      SELECT id, pk, owner, wake_at FROM c"""
          .replace("{now}", ServerTime.NOW);

  private static final String CREATE_ONE = Arrays.ofOne(CREATE);

  private static final String TAG =
      "INSERT INTO wf_tag (instance, name, value)"
          + " SELECT * FROM unnest(?::bigint[], ?::text[], ?::text[])";

  /** What is created, and by whom. */
  record Row(Creation creation, boolean isStart) {
    InstanceDefinition definition() {
      return creation.definition();
    }

    Progress progress() {
      Turn first = creation.first();
      return first == null ? Progress.created(definition().createdAt()) : first.progress();
    }

    @Nullable String node() {
      return progress().status().isFinished() ? null : creation.node();
    }

    @Nullable Instant wakeAt() {
      Turn first = creation.first();
      return first == null ? definition().startAt() : first.wakeAt();
    }

    /** Says whether it is to begin as soon as it is there, whatever the clock of its node says. */
    boolean isAtOnce() {
      return creation.first() == null && !definition().startAt().isAfter(definition().createdAt());
    }

    boolean mayWait() {
      return isStart && definition().startAt().isAfter(definition().createdAt());
    }

    byte @Nullable [] history() {
      Turn first = creation.first();
      return first == null ? null : first.history();
    }
  }

  private record Tag(long instance, String name, String value) {}

  private CreateStatement() {}

  /**
   * Creates instances.
   *
   * @param rows with different ids
   * @return what was created, by id; the other ids are taken
   */
  static Map<String, InstanceRecord> create(Session session, String app, List<Row> rows)
      throws SQLException {
    PreparedStatement statement = session.prepare(rows.size() == 1 ? CREATE_ONE : CREATE);
    Arrays<Row> parameters =
        rows.size() == 1
            ? Arrays.ofOne(session, statement, rows.get(0))
            : new Arrays<>(session, statement, rows);
    parameters
        .texts(row -> row.definition().id())
        .texts(row -> row.definition().name())
        .texts(row -> row.definition().version())
        .texts(row -> row.definition().executionId())
        .texts(row -> row.progress().status().name())
        .numbers(row -> (long) row.progress().generation())
        .numbers(row -> row.progress().turn())
        .texts(Row::node)
        .flags(Row::isAtOnce)
        .flags(Row::mayWait)
        .times(Row::wakeAt)
        .bytes(row -> isLarge(row) ? null : row.definition().input())
        .bytes(row -> isLarge(row) ? row.definition().input() : null)
        .bytes(row -> row.progress().output())
        .bytes(row -> row.progress().failure())
        .bytes(row -> row.progress().customStatus())
        .texts(row -> row.progress().waitingFor())
        .texts(parent(Parent::id))
        .texts(parent(Parent::executionId))
        .numbers(row -> parentNumber(row, Parent::generation))
        .numbers(row -> parentNumber(row, Parent::task))
        .times(row -> row.definition().createdAt())
        .times(row -> row.definition().startAt())
        .times(row -> row.progress().startedAt())
        .times(row -> row.progress().updatedAt())
        .times(row -> row.progress().finishedAt())
        .numbers(row -> (long) row.progress().events())
        .numbers(row -> row.progress().historyBytes())
        .bytes(Row::history)
        .text(app);
    Map<String, Row> byId = new HashMap<>();
    rows.forEach(row -> byId.put(row.definition().id(), row));
    Map<String, InstanceRecord> created = new HashMap<>();
    List<Tag> tags = new ArrayList<>();
    try (ResultSet found = statement.executeQuery()) {
      while (found.next()) {
        String id = found.getString(1);
        Row row = byId.get(id);
        if (row != null) {
          created.put(id, record(row, found));
          long pk = found.getLong(2);
          row.definition().tags().forEach((name, value) -> tags.add(new Tag(pk, name, value)));
        }
      }
    }
    if (!tags.isEmpty()) {
      PreparedStatement insert = session.prepare(TAG);
      new Arrays<>(session, insert, tags).numbers(Tag::instance).texts(Tag::name).texts(Tag::value);
      insert.executeUpdate();
    }
    return created;
  }

  private static InstanceRecord record(Row row, ResultSet found) throws SQLException {
    String owner = found.getString(3);
    long wakeAt = found.getLong(4);
    boolean sleeps = !found.wasNull();
    return new InstanceRecord(
        row.definition(),
        row.progress(),
        owner == null ? null : new Ownership(row.definition().id(), found.getLong(2), owner, 1),
        sleeps ? Instant.ofEpochMilli(wakeAt) : null,
        0);
  }

  private static boolean isLarge(Row row) {
    return InstanceRows.isLarge(row.definition().input());
  }

  private static Function<Row, @Nullable String> parent(Function<Parent, String> field) {
    return row -> {
      Parent parent = row.definition().parent();
      return parent == null ? null : field.apply(parent);
    };
  }

  private static Long parentNumber(Row row, Function<Parent, Integer> field) {
    Parent parent = row.definition().parent();
    return parent == null ? 0L : (long) field.apply(parent);
  }
}
