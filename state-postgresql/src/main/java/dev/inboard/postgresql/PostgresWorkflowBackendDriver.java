package dev.inboard.postgresql;

import dev.inboard.common.ErrorCode;
import dev.inboard.spi.Feature;
import dev.inboard.spi.JointTransaction;
import dev.inboard.spi.telemetry.ComponentTelemetry;
import dev.inboard.spi.workflow.Claims;
import dev.inboard.spi.workflow.CreateOutcome;
import dev.inboard.spi.workflow.Creation;
import dev.inboard.spi.workflow.Delivery;
import dev.inboard.spi.workflow.HintListener;
import dev.inboard.spi.workflow.InboxMessage;
import dev.inboard.spi.workflow.InstanceFilter;
import dev.inboard.spi.workflow.InstancePage;
import dev.inboard.spi.workflow.InstanceRecord;
import dev.inboard.spi.workflow.JointWorkflowBackendDriver;
import dev.inboard.spi.workflow.Message;
import dev.inboard.spi.workflow.Node;
import dev.inboard.spi.workflow.Ownership;
import dev.inboard.spi.workflow.PurgeOutcome;
import dev.inboard.spi.workflow.QueueDemand;
import dev.inboard.spi.workflow.QueueState;
import dev.inboard.spi.workflow.StoredInstance;
import dev.inboard.spi.workflow.TaskClaim;
import dev.inboard.spi.workflow.TaskClaims;
import dev.inboard.spi.workflow.TaskQueueWorkflowBackendDriver;
import dev.inboard.spi.workflow.Turn;
import dev.inboard.spi.workflow.TurnOutcome;
import dev.inboard.sql.Call;
import dev.inboard.sql.Session;
import dev.inboard.sql.Work;
import dev.inboard.sql.WorkflowReads;
import dev.inboard.sql.WorkflowTasks;
import dev.inboard.sql.WorkflowWrites;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** Workflow instances in a PostgreSQL database, which any number of nodes share. */
final class PostgresWorkflowBackendDriver
    implements JointWorkflowBackendDriver, TaskQueueWorkflowBackendDriver {
  private static final int ATTEMPTS = 5;
  private static final String SETTLED =
      "SELECT w.id FROM unnest(?) AS w (id) WHERE NOT EXISTS (SELECT 1 FROM wf_instance i"
          + " WHERE i.app = ? AND i.id = w.id AND i.finished_at IS NULL)";

  private final PostgresComponent component;
  private final String app;
  private final NodeLeases leases = new NodeLeases();
  private final WorkflowReads reads;
  private final WorkflowTasks tasks;
  private final WorkflowWrites writes;
  private final WorkflowWriter writer;
  private final Hints hints;

  PostgresWorkflowBackendDriver(PostgresComponent component, String app) {
    this.component = component;
    this.app = app;
    this.reads = new WorkflowReads(app, PostgresTags.INSTANCE);
    this.tasks = new WorkflowTasks(app, ServerTime::now);
    this.writes = new WorkflowWrites(app, ServerTime::now, leases, reads, tasks);
    this.hints = new Hints(component.database(), app, call("hint"));
    this.writer = new WorkflowWriter(component.database(), app, writes, hints);
  }

  @Override
  public Set<Feature> features() {
    return Set.of(Feature.DURABLE, Feature.TASK_QUEUES);
  }

  @Override
  public void observe(ComponentTelemetry telemetry) {
    writer.observe(telemetry);
  }

  @Override
  public CompletionStage<Void> ping() {
    return run(
        "ping",
        session -> {
          session.prepare("SELECT 1 FROM wf_node LIMIT 1").executeQuery().close();
          return null;
        });
  }

  @Override
  public CompletionStage<Void> join(Node node) {
    hints.joined(node.id());
    return run(
        "join",
        session -> {
          leases.renew(session, node);
          return null;
        });
  }

  @Override
  public CompletionStage<Boolean> heartbeat(Node node) {
    return run("heartbeat", session -> leases.renew(session, node));
  }

  @Override
  public CompletionStage<Void> leave(String node) {
    hints.left(node);
    return transact(
        "leave",
        session -> {
          leases.leave(session, node);
          TaskStatement.leave(session, node);
          return null;
        });
  }

  @Override
  public CompletionStage<CreateOutcome> create(Creation creation) {
    return submit(new WorkflowWrite.OfCreation(call("create"), creation));
  }

  /** Looks first, so that polling is one query while nothing happens. */
  @Override
  public CompletionStage<Claims> claim(String node, int max) {
    return run(
        "claim",
        session -> {
          ClaimStatement.View view = ClaimStatement.look(session, app, node);
          hints.counted(view.nodes());
          if (view.isQuiet()) {
            return view.claims(List.of());
          }
          return retried(
                  PostgresDatabase.transaction(
                      inside -> {
                        if (view.anyExpired()) {
                          leases.dropExpired(inside);
                        }
                        List<InstanceRecord> taken =
                            leases.isLive(inside, node)
                                ? ClaimStatement.take(inside, reads, app, node, max)
                                : List.of();
                        return ClaimStatement.look(inside, app, node).claims(taken);
                      }))
              .run(session);
        });
  }

  @Override
  public CompletionStage<Optional<StoredInstance>> load(String id) {
    return run("load", session -> reads.load(session, id));
  }

  @Override
  public CompletionStage<TurnOutcome> commit(Turn turn) {
    return submit(new WorkflowWrite.OfTurn(call("commit"), turn));
  }

  @Override
  public CompletionStage<Boolean> release(Ownership ownership) {
    return run("release", session -> writes.release(session, ownership));
  }

  @Override
  public CompletionStage<List<InstanceRecord>> owned(String node) {
    return run("owned", session -> reads.owned(session, node));
  }

  @Override
  public CompletionStage<Delivery> deliver(Message message) {
    return submit(new WorkflowWrite.OfMessage(call("deliver"), message));
  }

  @Override
  public CompletionStage<List<InboxMessage>> inbox(String id) {
    return run("inbox", session -> reads.inbox(session, reads.key(session, id)));
  }

  @Override
  public CompletionStage<Optional<InstanceRecord>> get(String id) {
    return run("get", session -> reads.get(session, id));
  }

  @Override
  public CompletionStage<Set<String>> settled(Collection<String> ids) {
    return run("look after", session -> settled(session, ids));
  }

  private Set<String> settled(Session session, Collection<String> ids) throws SQLException {
    PreparedStatement select = session.prepare(SETTLED);
    select.setArray(1, session.connection().createArrayOf("text", ids.toArray()));
    select.setString(2, app);
    try (ResultSet rows = select.executeQuery()) {
      Set<String> settled = new HashSet<>();
      while (rows.next()) {
        settled.add(rows.getString(1));
      }
      return settled;
    }
  }

  @Override
  public CompletionStage<InstancePage> list(
      InstanceFilter filter, @Nullable String token, int size) {
    return run("list", session -> reads.list(session, filter, token, size));
  }

  @Override
  public CompletionStage<Long> count(InstanceFilter filter) {
    return run("count", session -> reads.count(session, filter));
  }

  @Override
  public CompletionStage<PurgeOutcome> purge(String id, boolean force) {
    return transact(
        "purge",
        session -> {
          Optional<InstanceRecord> found = reads.get(session, id);
          if (found.isEmpty()) {
            return PurgeOutcome.NOT_FOUND;
          }
          if (!force && !found.get().status().isFinished()) {
            return PurgeOutcome.NOT_FINISHED;
          }
          writes.delete(session, reads.key(session, id));
          return PurgeOutcome.PURGED;
        });
  }

  @Override
  public CompletionStage<Integer> purge(InstanceFilter filter, int max) {
    return transact(
        "purge", session -> Purge.finished(session, reads.finished(session, filter, max)));
  }

  /** Looks first, as {@link #claim} does. */
  @Override
  public CompletionStage<TaskClaims> claimTasks(Node node, QueueDemand demand) {
    return run(
        "claim tasks",
        session -> {
          TaskClaims nothing = TaskStatement.look(session, app, demand.queue());
          return nothing != null
              ? nothing
              : retried(
                      PostgresDatabase.transaction(
                          inside -> TaskStatement.claim(inside, app, tasks, node, demand)))
                  .run(session);
        });
  }

  @Override
  public CompletionStage<Set<TaskClaim>> renewTasks(
      Node node, Set<String> queues, Set<TaskClaim> claims) {
    return run(
        "renew tasks",
        session -> {
          tasks.listen(session, queues, ServerTime.now(session) + node.lease().toMillis());
          return claims.isEmpty() ? Set.of() : TaskStatement.renew(session, node, claims);
        });
  }

  @Override
  public CompletionStage<Boolean> completeTask(TaskClaim claim, Message result) {
    return submit(new WorkflowWrite.OfResult(call("complete task"), claim, result));
  }

  @Override
  public CompletionStage<Void> releaseTasks(Set<TaskClaim> claims) {
    return run(
        "release tasks",
        session -> {
          TaskStatement.release(session, claims);
          return null;
        });
  }

  @Override
  public CompletionStage<List<QueueState>> queues() {
    return run("queues", tasks::states);
  }

  @Override
  public void watch(HintListener listener) {
    hints.listen(listener);
  }

  @Override
  public Object place() {
    return component.database().place();
  }

  @Override
  public JointTransaction begin() {
    return component.begin();
  }

  @Override
  public List<CreateOutcome> create(JointTransaction transaction, List<Creation> creations) {
    return within(
        transaction,
        creations.stream()
            .map(creation -> new WorkflowWrite.OfCreation(call("create"), creation))
            .toList());
  }

  @Override
  public List<Delivery> deliver(JointTransaction transaction, List<Message> messages) {
    return within(
        transaction,
        messages.stream()
            .map(message -> new WorkflowWrite.OfMessage(call("deliver"), message))
            .toList());
  }

  private <T> List<T> within(
      JointTransaction transaction, List<? extends WorkflowWrite<T>> writes) {
    PostgresJointTransaction joint = PostgresJointTransaction.of(transaction);
    if (writes.isEmpty()) {
      return List.of();
    }
    Runnable hint = joint.run(writes.get(0).call(), session -> writer.within(session, writes));
    joint.afterCommit(Objects.requireNonNull(hint));
    return writes.stream().map(write -> Objects.requireNonNull(write.outcome())).toList();
  }

  @Override
  public @Nullable BegunStep beginStep(JointTransaction transaction, Step step) {
    return PostgresJointTransaction.of(transaction)
        .run(call("begin step"), session -> StepStatement.begin(session, app, step));
  }

  @Override
  public void endStep(JointTransaction transaction, Step step, byte @Nullable [] result) {
    Object unused =
        PostgresJointTransaction.of(transaction)
            .run(
                call("end step"),
                session -> {
                  StepStatement.end(session, app, step, result);
                  return null;
                });
  }

  private <T> CompletionStage<T> submit(WorkflowWrite<T> write) {
    return component.guarded(
        write.call(),
        () -> {
          writer.submit(write);
          return write.result();
        });
  }

  private <T extends @Nullable Object> CompletionStage<T> run(String operation, Work<T> work) {
    return component.run(call(operation), work);
  }

  private <T extends @Nullable Object> CompletionStage<T> transact(String operation, Work<T> work) {
    return run(operation, retried(PostgresDatabase.transaction(work)));
  }

  /** Runs a transaction again that the server has ended for the sake of another. */
  private static <T> Work<T> retried(Work<T> transaction) {
    return session -> {
      for (int attempt = 1; ; attempt++) {
        try {
          return transaction.run(session);
        } catch (java.sql.SQLException e) {
          if (attempt == ATTEMPTS
              || PostgresErrors.INSTANCE.judge(e).code() != ErrorCode.CONFLICT) {
            throw e;
          }
        }
      }
    };
  }

  private Call call(String operation) {
    return component.call(operation);
  }

  @Override
  public void close() {
    component.close(hints::close, writer::close);
  }
}
