package dev.inboard.sql;

import dev.inboard.spi.workflow.CreateOutcome;
import dev.inboard.spi.workflow.Creation;
import dev.inboard.spi.workflow.Delivery;
import dev.inboard.spi.workflow.InstanceDefinition;
import dev.inboard.spi.workflow.InstanceRecord;
import dev.inboard.spi.workflow.Message;
import dev.inboard.spi.workflow.Ownership;
import dev.inboard.spi.workflow.Progress;
import dev.inboard.spi.workflow.Start;
import dev.inboard.spi.workflow.Turn;
import dev.inboard.spi.workflow.TurnOutcome;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What changes instances, one by one. Every method runs in a transaction of its caller, which keeps
 * others from changing the same instances.
 */
public final class WorkflowWrites {
  private static final String INSERT =
      "INSERT INTO wf_instance (app, id, name, version, execution_id, status, generation, turn,"
          + " owner, epoch, wake_at, recoveries, orphaned, inbox_count, input, output, failure,"
          + " custom_status, waiting_for, parent_id, parent_execution_id, parent_generation,"
          + " parent_task, created_at, start_at, started_at, updated_at, finished_at, events,"
          + " history_bytes) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0, 0, 0, ?, ?, ?, ?, ?, ?, ?,"
          + " ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (app, id) DO NOTHING RETURNING pk";
  private static final String INSERT_INPUT =
      "INSERT INTO wf_payload (instance, input) VALUES (?, ?)"
          + " ON CONFLICT (instance) DO UPDATE SET input = excluded.input";
  private static final String INSERT_TAG =
      "INSERT INTO wf_tag (instance, name, value) VALUES (?, ?, ?)";
  private static final String INSERT_HISTORY =
      "INSERT INTO wf_history (instance, turn, payload) VALUES (?, ?, ?)";
  private static final String SET =
      " status = ?, generation = ?, turn = ?, wake_at = ?, recoveries = 0,"
          + " inbox_count = inbox_count - ?, output = ?, failure = ?, custom_status = ?,"
          + " waiting_for = ?, started_at = ?, updated_at = ?, finished_at = ?, events = ?,"
          + " history_bytes = ? WHERE pk = ? AND owner = ? AND epoch = ? AND turn = ?"
          + " AND finished_at IS NULL AND inbox_count <= ?";
  private static final String UPDATE = "UPDATE wf_instance SET" + SET;
  private static final String FINISH = "UPDATE wf_instance SET owner = NULL," + SET;
  private static final String DISOWN =
      "UPDATE wf_instance SET owner = NULL, wake_at ="
          + " CASE WHEN inbox_count > 0 AND finished_at IS NULL"
          + " AND (wake_at IS NULL OR wake_at > ?) THEN ? ELSE wake_at END"
          + " WHERE pk = ? AND owner = ? AND epoch = ?";
  private static final String SET_INPUT = "UPDATE wf_instance SET input = ? WHERE pk = ?";
  private static final String DELETE_HISTORY = "DELETE FROM wf_history WHERE instance = ?";
  private static final String DELETE_INPUT = "DELETE FROM wf_payload WHERE instance = ?";
  private static final String DELETE_INBOX = "DELETE FROM wf_inbox WHERE instance = ?";
  private static final String DELETE_TAGS = "DELETE FROM wf_tag WHERE instance = ?";
  private static final String DELETE_INSTANCE = "DELETE FROM wf_instance WHERE pk = ?";
  private static final String CONSUME = "DELETE FROM wf_inbox WHERE number = ? AND instance = ?";
  private static final String COUNT_INBOX =
      "UPDATE wf_instance SET inbox_count ="
          + " (SELECT COUNT(*) FROM wf_inbox WHERE instance = pk) WHERE pk = ?";
  private static final String FIND =
      "SELECT pk, finished_at, owner FROM wf_instance WHERE app = ? AND id = ?";
  private static final String PUT_MESSAGE =
      "INSERT INTO wf_inbox (instance, message_id, payload) VALUES (?, ?, ?)"
          + " ON CONFLICT (instance, message_id) DO NOTHING";
  private static final String MAIL_CAME =
      "UPDATE wf_instance SET inbox_count = inbox_count + 1, wake_at ="
          + " CASE WHEN owner IS NULL AND (wake_at IS NULL OR wake_at > ?) THEN ? ELSE wake_at END"
          + " WHERE pk = ?";
  private static final String EPOCH = "SELECT pk, epoch FROM wf_instance WHERE app = ? AND id = ?";

  private final String app;
  private final Time time;
  private final Leases leases;
  private final WorkflowReads reads;
  private final WorkflowTasks tasks;

  /** The clock of the backend. */
  @FunctionalInterface
  public interface Time {
    /** Returns the time in milliseconds since 1970. */
    long now(Session session) throws SQLException;
  }

  /** Knows which nodes there are. */
  @FunctionalInterface
  public interface Leases {
    /** Says whether a node has a lease, which stays until the end of the transaction. */
    boolean isLive(Session session, String node) throws SQLException;
  }

  /** Changes the instances of one application. */
  public WorkflowWrites(
      String app, Time time, Leases leases, WorkflowReads reads, WorkflowTasks tasks) {
    this.app = app;
    this.time = time;
    this.leases = leases;
    this.reads = reads;
    this.tasks = tasks;
  }

  // ---- creating

  /** Creates an instance, or answers with what is there. */
  public CreateOutcome create(Session session, Creation creation) throws SQLException {
    String node = creation.node();
    String owner = node != null && leases.isLive(session, node) ? node : null;
    InstanceRecord created = insert(session, creation, owner, 1);
    if (created == null) {
      InstanceRecord stored = reads.require(session, creation.definition().id());
      if (stored.definition().executionId().equals(creation.definition().executionId())) {
        return new CreateOutcome(true, stored, List.of());
      }
      if (!creation.reuse().permits(stored.status())) {
        return new CreateOutcome(false, stored, List.of());
      }
      created = insert(session, creation, owner, replace(session, stored.id()) + 1);
    }
    if (created == null) {
      throw new IllegalStateException("the id is free and taken at once");
    }
    Turn first = creation.first();
    List<InstanceRecord> started = first == null ? List.of() : carryOut(session, first, owner);
    return new CreateOutcome(true, created, started);
  }

  /** Deletes the instance under an id and returns its epoch. */
  private long replace(Session session, String id) throws SQLException {
    PreparedStatement find = session.prepare(EPOCH);
    find.setString(1, app);
    find.setString(2, id);
    long pk;
    long epoch;
    try (ResultSet rows = find.executeQuery()) {
      rows.next();
      pk = rows.getLong(1);
      epoch = rows.getLong(2);
    }
    delete(session, pk);
    return epoch;
  }

  private @Nullable InstanceRecord insert(
      Session session, Creation creation, @Nullable String owner, long epoch) throws SQLException {
    InstanceDefinition definition = creation.definition();
    Turn first = creation.first();
    Progress progress = first == null ? Progress.created(definition.createdAt()) : first.progress();
    boolean owned = owner != null && !progress.status().isFinished();
    Instant wakeAt = first == null ? definition.startAt() : first.wakeAt();
    long pk = insert(session, definition, progress, owned ? owner : null, epoch, wakeAt);
    if (pk < 0) {
      return null;
    }
    if (first != null && first.history().length > 0) {
      appendHistory(session, pk, first);
    }
    if (first != null) {
      tasks.queue(session, pk, first.tasks());
    }
    Ownership ownership =
        owned && owner != null ? new Ownership(definition.id(), pk, owner, epoch) : null;
    return new InstanceRecord(definition, progress, ownership, wakeAt, 0);
  }

  private long insert(
      Session session,
      InstanceDefinition definition,
      Progress progress,
      @Nullable String owner,
      long epoch,
      @Nullable Instant wakeAt)
      throws SQLException {
    boolean large = InstanceRows.isLarge(definition.input());
    PreparedStatement insert = session.prepare(INSERT);
    Parameters parameters = new Parameters(insert);
    parameters.text(app).text(definition.id()).text(definition.name()).text(definition.version());
    parameters.text(definition.executionId()).text(progress.status().name());
    parameters.number(progress.generation()).number(progress.turn());
    parameters.text(owner).number(epoch).time(wakeAt);
    parameters.bytes(large ? null : definition.input()).bytes(progress.output());
    parameters.bytes(progress.failure()).bytes(progress.customStatus());
    parameters.text(progress.waitingFor()).parent(definition.parent());
    parameters.time(definition.createdAt()).time(definition.startAt());
    parameters.time(progress.startedAt()).time(progress.updatedAt()).time(progress.finishedAt());
    parameters.number(progress.events()).number(progress.historyBytes());
    long pk;
    try (ResultSet rows = insert.executeQuery()) {
      if (!rows.next()) {
        return -1;
      }
      pk = rows.getLong(1);
    }
    if (large) {
      new Parameters(session.prepare(INSERT_INPUT)).number(pk).bytes(definition.input()).update();
    }
    for (Map.Entry<String, String> tag : definition.tags().entrySet()) {
      new Parameters(session.prepare(INSERT_TAG))
          .number(pk)
          .text(tag.getKey())
          .text(tag.getValue())
          .update();
    }
    return pk;
  }

  private void appendHistory(Session session, long pk, Turn turn) throws SQLException {
    new Parameters(session.prepare(INSERT_HISTORY))
        .number(pk)
        .number(turn.progress().turn())
        .bytes(turn.history())
        .update();
  }

  // ---- turns

  /** Writes a turn, unless it is fenced. */
  public TurnOutcome commit(Session session, Turn turn) throws SQLException {
    Progress progress = turn.progress();
    Ownership ownership = turn.ownership();
    boolean finished = progress.status().isFinished();
    Parameters update = new Parameters(session.prepare(finished ? FINISH : UPDATE));
    update.text(progress.status().name()).number(progress.generation()).number(progress.turn());
    update.time(finished ? null : turn.wakeAt()).number(turn.consumed().size());
    update.bytes(progress.output()).bytes(progress.failure()).bytes(progress.customStatus());
    update.text(progress.waitingFor()).time(progress.startedAt()).time(progress.updatedAt());
    update.time(progress.finishedAt()).number(progress.events()).number(progress.historyBytes());
    update.number(ownership.key()).text(ownership.node()).number(ownership.epoch());
    update.number(turn.number());
    update.number(turn.inOrder() ? turn.consumed().size() : Integer.MAX_VALUE);
    if (update.update() == 0) {
      return TurnOutcome.FENCED;
    }
    long pk = ownership.key();
    if (turn.beginsGeneration()) {
      beginGeneration(session, pk, turn);
    }
    if (finished || turn.beginsGeneration()) {
      tasks.removeAll(session, pk);
    }
    tasks.queue(session, pk, turn.tasks());
    if (turn.history().length > 0) {
      appendHistory(session, pk, turn);
    }
    consume(session, pk, turn.consumed());
    if (finished) {
      new Parameters(session.prepare(DELETE_INBOX)).number(pk).update();
    } else if (turn.release()) {
      release(session, ownership);
    }
    List<InstanceRecord> started = carryOut(session, turn, ownership.node());
    return started.isEmpty() ? TurnOutcome.COMMITTED : new TurnOutcome(true, started);
  }

  private void beginGeneration(Session session, long pk, Turn turn) throws SQLException {
    boolean large = InstanceRows.isLarge(turn.input());
    new Parameters(session.prepare(DELETE_HISTORY)).number(pk).update();
    new Parameters(session.prepare(SET_INPUT))
        .bytes(large ? null : turn.input())
        .number(pk)
        .update();
    if (large) {
      new Parameters(session.prepare(INSERT_INPUT)).number(pk).bytes(turn.input()).update();
    } else {
      new Parameters(session.prepare(DELETE_INPUT)).number(pk).update();
    }
  }

  private void consume(Session session, long pk, List<Long> numbers) throws SQLException {
    int deleted = 0;
    for (long number : numbers) {
      deleted += new Parameters(session.prepare(CONSUME)).number(number).number(pk).update();
    }
    if (deleted != numbers.size()) { // some were consumed before
      new Parameters(session.prepare(COUNT_INBOX)).number(pk).update();
    }
  }

  /** Gives an instance back; says whether it was owned. */
  public boolean release(Session session, Ownership ownership) throws SQLException {
    long now = time.now(session);
    return new Parameters(session.prepare(DISOWN))
            .number(now)
            .number(now)
            .number(ownership.key())
            .text(ownership.node())
            .number(ownership.epoch())
            .update()
        > 0;
  }

  private List<InstanceRecord> carryOut(Session session, Turn turn, @Nullable String node)
      throws SQLException {
    for (Message message : turn.messages()) {
      deliver(session, message);
    }
    if (turn.starts().isEmpty()) {
      return List.of();
    }
    List<InstanceRecord> started = new ArrayList<>();
    for (Start start : turn.starts()) {
      boolean later = start.definition().startAt().toEpochMilli() > time.now(session);
      Creation creation =
          new Creation(start.definition(), start.reuse(), later ? null : node, null);
      CreateOutcome outcome = create(session, creation);
      if (outcome.created() && outcome.record().ownership() != null) {
        started.add(outcome.record());
      } else if (!outcome.created() && start.ifTaken() != null) {
        deliver(session, start.ifTaken());
      }
    }
    return started;
  }

  // ---- messages

  /** Puts a message into an inbox. */
  public Delivery deliver(Session session, Message message) throws SQLException {
    PreparedStatement find = session.prepare(FIND);
    find.setString(1, app);
    find.setString(2, message.target());
    long pk;
    try (ResultSet rows = find.executeQuery()) {
      if (!rows.next()) {
        return Delivery.NOT_FOUND;
      }
      pk = rows.getLong(1);
      rows.getLong(2);
      if (!rows.wasNull()) {
        return Delivery.FINISHED;
      }
    }
    int stored =
        new Parameters(session.prepare(PUT_MESSAGE))
            .number(pk)
            .text(message.messageId())
            .bytes(message.payload())
            .update();
    if (stored == 0) {
      return Delivery.DUPLICATE;
    }
    long now = time.now(session);
    new Parameters(session.prepare(MAIL_CAME)).number(now).number(now).number(pk).update();
    return Delivery.DELIVERED;
  }

  // ---- deleting

  /** Deletes an instance with all that belongs to it. */
  public void delete(Session session, long pk) throws SQLException {
    tasks.removeAll(session, pk);
    for (String statement :
        List.of(DELETE_HISTORY, DELETE_INBOX, DELETE_INPUT, DELETE_TAGS, DELETE_INSTANCE)) {
      new Parameters(session.prepare(statement)).number(pk).update();
    }
  }
}
