package dev.inboard.postgresql;

import dev.inboard.common.ErrorCode;
import dev.inboard.common.InboardException;
import dev.inboard.postgresql.CreateStatement.Row;
import dev.inboard.spi.CallingThread;
import dev.inboard.spi.telemetry.ComponentTelemetry;
import dev.inboard.spi.workflow.CreateOutcome;
import dev.inboard.spi.workflow.Creation;
import dev.inboard.spi.workflow.InstanceRecord;
import dev.inboard.spi.workflow.Message;
import dev.inboard.spi.workflow.Start;
import dev.inboard.spi.workflow.TaskClaim;
import dev.inboard.spi.workflow.Turn;
import dev.inboard.spi.workflow.TurnOutcome;
import dev.inboard.sql.Batcher;
import dev.inboard.sql.Session;
import dev.inboard.sql.Work;
import dev.inboard.sql.WorkflowWrites;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Writes what many instances want to have written, together: one statement for all turns, one for
 * all creations, one for all messages, and one commit. Results of tasks are messages whose tasks
 * go.
 */
final class WorkflowWriter implements AutoCloseable {
  private static final int CAPACITY = 16_384;
  private static final int MOST_WRITES = 1_000;
  private static final long MOST_BYTES = 16L << 20;

  /** How often a transaction is begun that the server ends for the sake of another. */
  private static final int ATTEMPTS = 5;

  /** Locks what a transaction changes, in one order for all, so that none waits in a circle. */
  private static final String LOCK =
      "SELECT 1 FROM wf_instance WHERE pk = ANY (?) OR (app = ? AND id = ANY (?))"
          + " ORDER BY pk FOR NO KEY UPDATE";

  private final PostgresDatabase database;
  private final String app;
  private final WorkflowWrites writes;
  private final Hints hints;
  private final Batcher<WorkflowWrite<?>> batcher;
  private volatile @Nullable ComponentTelemetry telemetry; // written once

  WorkflowWriter(PostgresDatabase database, String app, WorkflowWrites writes, Hints hints) {
    this.database = database;
    this.app = app;
    this.writes = writes;
    this.hints = hints;
    this.batcher =
        new Batcher<>(
            database.name() + "-workflows", CAPACITY, database.patience(), this::writeAll);
  }

  void observe(ComponentTelemetry listener) {
    telemetry = listener;
  }

  private void committed(int entries) {
    ComponentTelemetry listener = telemetry;
    if (listener != null) {
      listener.committed(entries);
    }
  }

  void submit(WorkflowWrite<?> write) {
    if (!CallingThread.waits() || !batcher.handleAlone(write)) {
      batcher.submit(write);
    }
  }

  /**
   * Writes in a transaction of somebody else, and notes what became of each write.
   *
   * @param together of different things
   * @return gives hints, once that is committed
   */
  Runnable within(Session session, List<? extends WorkflowWrite<?>> together) throws SQLException {
    Batch batch = new Batch(together).run(session);
    return () -> hints.send(batch.hinted);
  }

  private void writeAll(List<WorkflowWrite<?>> batch) {
    List<WorkflowWrite<?>> left = batch;
    while (!left.isEmpty()) {
      List<WorkflowWrite<?>> now = new ArrayList<>();
      List<WorkflowWrite<?>> later = new ArrayList<>();
      Set<Object> things = new HashSet<>();
      long bytes = 0;
      for (WorkflowWrite<?> write : left) {
        bytes += write.bytes();
        boolean fits = now.size() < MOST_WRITES && (now.isEmpty() || bytes <= MOST_BYTES);
        (fits && things.add(write.thing()) ? now : later).add(write);
      }
      write(now);
      left = later;
    }
  }

  private void write(List<WorkflowWrite<?>> together) {
    for (int attempt = 1; ; attempt++) {
      Batch batch = new Batch(together);
      try {
        database.perform(together.get(0).call(), batch.work());
        committed(together.size());
        batch.settle();
        return;
      } catch (InboardException e) {
        if (e.code() == ErrorCode.CONFLICT && attempt < ATTEMPTS) {
          continue;
        }
        if (isForOne(e) && together.size() > 1) {
          together.forEach(write -> write(List.of(write)));
        } else {
          together.forEach(write -> write.fail(e));
        }
        return;
      }
    }
  }

  /** Says whether it failed without effect, and perhaps because of one of many. */
  private static boolean isForOne(InboardException failure) {
    ErrorCode code = failure.code();
    return code == ErrorCode.CONFLICT
        || code == ErrorCode.INVALID_ARGUMENT
        || code == ErrorCode.INTERNAL
        || PostgresErrors.isDiskFull(failure.getCause()); // there may be room for a small one
  }

  /** Finishes what was submitted. */
  @Override
  public void close() {
    batcher.close();
  }

  /** One transaction. */
  private final class Batch {
    private final List<WorkflowWrite.OfTurn> turns;
    private final List<WorkflowWrite.OfCreation> creations;
    private final List<WorkflowWrite.OfMessage> messages;
    private final List<WorkflowWrite.OfResult> results;
    private final List<Follow> follows = new ArrayList<>();
    private final List<TaskStatement.Row> queued = new ArrayList<>();
    private final List<Message> answers = new ArrayList<>();
    private final List<Hints.Hint> hinted = new ArrayList<>();

    /** What a turn wants to have done, besides. */
    private record Follow(Turn turn, @Nullable String node, List<InstanceRecord> started) {}

    Batch(List<? extends WorkflowWrite<?>> all) {
      turns =
          all.stream()
              .filter(WorkflowWrite.OfTurn.class::isInstance)
              .map(WorkflowWrite.OfTurn.class::cast)
              .sorted(Comparator.comparingLong(write -> write.turn.ownership().key()))
              .toList();
      creations =
          all.stream()
              .filter(WorkflowWrite.OfCreation.class::isInstance)
              .map(WorkflowWrite.OfCreation.class::cast)
              .toList();
      messages =
          all.stream()
              .filter(WorkflowWrite.OfMessage.class::isInstance)
              .map(WorkflowWrite.OfMessage.class::cast)
              .toList();
      results =
          all.stream()
              .filter(WorkflowWrite.OfResult.class::isInstance)
              .map(WorkflowWrite.OfResult.class::cast)
              .toList();
    }

    Work<Batch> work() {
      if (isOneCreation()) {
        return this::createAlone;
      }
      return isOneStatement() ? this::run : PostgresDatabase.transaction(this::run);
    }

    /** Says whether one statement creates everything, if the id is free. */
    private boolean isOneCreation() {
      return creations.size() == 1
          && turns.isEmpty()
          && messages.isEmpty()
          && results.isEmpty()
          && creations.get(0).creation.definition().tags().isEmpty()
          && isNothingBesides(creations.get(0).creation.first());
    }

    private Batch createAlone(Session session) throws SQLException {
      Row row = new Row(creations.get(0).creation, false);
      InstanceRecord created =
          CreateStatement.create(session, app, List.of(row)).get(row.definition().id());
      if (created == null) {
        return Objects.requireNonNull(PostgresDatabase.transaction(this::run).run(session));
      }
      created(creations.get(0), created);
      return this;
    }

    private static boolean isNothingBesides(@Nullable Turn turn) {
      return turn == null
          || (turn.messages().isEmpty() && turn.tasks().isEmpty() && turn.starts().isEmpty());
    }

    /** Says whether one statement, which commits by itself, does everything. */
    private boolean isOneStatement() {
      int kinds =
          (turns.isEmpty() ? 0 : 1) + (creations.isEmpty() ? 0 : 1) + (messages.isEmpty() ? 0 : 1);
      return kinds == 1
          && creations.isEmpty()
          && results.isEmpty()
          && turns.stream()
              .allMatch(
                  write ->
                      write.isPlain()
                          && write.turn.consumed().isEmpty()
                          && isNothingBesides(write.turn));
    }

    private Batch run(Session session) throws SQLException {
      lock(session);
      commitTurns(session);
      create(session);
      if (!queued.isEmpty()) {
        TaskStatement.queue(session, app, queued);
      }
      removeTasks(session);
      deliver(session);
      start(session);
      return this;
    }

    private void lock(Session session) throws SQLException {
      List<String> targets =
          Stream.of(
                  turns.stream().flatMap(write -> write.turn.messages().stream()),
                  messages.stream().map(write -> write.message),
                  results.stream().map(write -> write.result))
              .flatMap(each -> each)
              .map(Message::target)
              .distinct()
              .toList();
      if (targets.isEmpty() || (turns.isEmpty() && results.isEmpty())) {
        return; // one statement changes instances, and locks them in order
      }
      PreparedStatement statement = session.prepare(LOCK);
      Long[] keys = turns.stream().map(write -> write.turn.ownership().key()).toArray(Long[]::new);
      statement.setArray(1, session.connection().createArrayOf("int8", keys));
      statement.setString(2, app);
      statement.setArray(3, session.connection().createArrayOf("text", targets.toArray()));
      statement.executeQuery().close();
    }

    private void commitTurns(Session session) throws SQLException {
      List<Turn> plain = new ArrayList<>();
      for (WorkflowWrite.OfTurn write : turns) {
        if (write.isPlain()) {
          plain.add(write.turn);
        } else {
          write.done(writes.commit(session, write.turn)); // with all that follows
          hintQueues(write.turn);
        }
      }
      if (plain.isEmpty()) {
        return;
      }
      Set<Long> committed = TurnStatement.commit(session, plain);
      List<Turn> consuming =
          plain.stream()
              .filter(turn -> !turn.consumed().isEmpty())
              .filter(turn -> committed.contains(turn.ownership().key()))
              .toList();
      if (!consuming.isEmpty()) {
        TurnStatement.consume(session, consuming);
      }
      for (WorkflowWrite.OfTurn write : turns) {
        if (write.isPlain()) {
          boolean written = committed.contains(write.turn.ownership().key());
          write.done(written ? follow(write.turn) : TurnOutcome.FENCED);
        }
      }
    }

    private void queue(String instance, Turn turn) {
      turn.tasks().forEach(task -> queued.add(new TaskStatement.Row(instance, task)));
      hintQueues(turn);
    }

    private void hintQueues(Turn turn) {
      turn.tasks().forEach(task -> hinted.add(Hints.Hint.ofQueue(task.queue())));
    }

    /** Removes the tasks whose results come in time, and has those delivered. */
    private void removeTasks(Session session) throws SQLException {
      if (results.isEmpty()) {
        return;
      }
      Set<TaskClaim> claims = new HashSet<>();
      results.forEach(write -> claims.add(write.claim));
      Set<TaskClaim> valid = TaskStatement.remove(session, claims);
      for (WorkflowWrite.OfResult write : results) {
        boolean inTime = valid.contains(write.claim);
        write.done(inTime);
        if (inTime) {
          answers.add(write.result);
        }
      }
    }

    private TurnOutcome follow(Turn turn) {
      if (turn.progress().status().isFinished()) {
        hinted.add(Hints.Hint.of(null, turn.ownership().id()));
      }
      queue(turn.ownership().id(), turn);
      if (turn.messages().isEmpty() && turn.starts().isEmpty()) {
        return TurnOutcome.COMMITTED;
      }
      List<InstanceRecord> started = new ArrayList<>();
      follows.add(new Follow(turn, turn.ownership().node(), started));
      return new TurnOutcome(true, started);
    }

    private void create(Session session) throws SQLException {
      if (creations.isEmpty()) {
        return;
      }
      List<Row> rows = creations.stream().map(write -> new Row(write.creation, false)).toList();
      Map<String, InstanceRecord> created = CreateStatement.create(session, app, rows);
      for (WorkflowWrite.OfCreation write : creations) {
        InstanceRecord record = created.get(write.creation.definition().id());
        if (record == null) { // the id is taken: what then depends on who has it
          write.done(writes.create(session, write.creation));
          continue;
        }
        created(write, record);
      }
    }

    private void created(WorkflowWrite.OfCreation write, InstanceRecord record) {
      List<InstanceRecord> started = new ArrayList<>();
      Turn first = write.creation.first();
      if (first != null) {
        String node = record.ownership() == null ? null : record.ownership().node();
        follows.add(new Follow(first, node, started));
        queue(record.id(), first);
      }
      if (record.ownership() == null) {
        hinted.add(Hints.Hint.of(null, record.id()));
      }
      write.done(new CreateOutcome(true, record, started));
    }

    private void deliver(Session session) throws SQLException {
      List<Message> all = new ArrayList<>();
      messages.forEach(write -> all.add(write.message));
      follows.forEach(follow -> all.addAll(follow.turn.messages()));
      all.addAll(answers);
      List<MailStatement.Outcome> outcomes = deliver(session, all);
      for (int i = 0; i < messages.size(); i++) {
        messages.get(i).done(outcomes.get(i).delivery());
      }
    }

    private List<MailStatement.Outcome> deliver(Session session, List<Message> all)
        throws SQLException {
      if (all.isEmpty()) {
        return List.of();
      }
      List<MailStatement.Outcome> outcomes = MailStatement.deliver(session, app, all);
      for (int i = 0; i < all.size(); i++) {
        hinted.add(Hints.Hint.of(outcomes.get(i).owner(), all.get(i).target()));
      }
      return outcomes;
    }

    private void start(Session session) throws SQLException {
      List<Message> instead = new ArrayList<>();
      Set<String> ids = new HashSet<>();
      List<Row> rows = new ArrayList<>();
      for (Follow follow : follows) {
        for (Start start : follow.turn.starts()) {
          if (ids.add(start.definition().id())) {
            rows.add(row(follow, start));
          }
        }
      }
      if (rows.isEmpty()) {
        return;
      }
      Map<String, InstanceRecord> created = CreateStatement.create(session, app, rows);
      for (Follow follow : follows) {
        for (Start start : follow.turn.starts()) {
          InstanceRecord record = created.remove(start.definition().id());
          if (record == null) { // the id is taken, perhaps by an earlier one of this batch
            CreateOutcome outcome = writes.create(session, row(follow, start).creation());
            record = outcome.created() ? outcome.record() : null;
          }
          if (record == null) {
            Message taken = start.ifTaken();
            if (taken != null) {
              instead.add(taken);
            }
          } else if (record.ownership() == null) {
            hinted.add(Hints.Hint.of(null, record.id()));
          } else {
            follow.started.add(record);
          }
        }
      }
      deliver(session, instead);
    }

    private static Row row(Follow follow, Start start) {
      return new Row(new Creation(start.definition(), start.reuse(), follow.node, null), true);
    }

    void settle() {
      turns.forEach(WorkflowWrite::settle);
      creations.forEach(WorkflowWrite::settle);
      messages.forEach(WorkflowWrite::settle);
      results.forEach(WorkflowWrite::settle);
      hints.send(hinted);
    }
  }
}
