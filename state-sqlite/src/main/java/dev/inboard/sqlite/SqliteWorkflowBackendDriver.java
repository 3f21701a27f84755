package dev.inboard.sqlite;

import dev.inboard.common.ErrorCode;
import dev.inboard.common.InboardException;
import dev.inboard.spi.Feature;
import dev.inboard.spi.telemetry.ComponentTelemetry;
import dev.inboard.spi.workflow.Claims;
import dev.inboard.spi.workflow.CreateOutcome;
import dev.inboard.spi.workflow.Creation;
import dev.inboard.spi.workflow.Delivery;
import dev.inboard.spi.workflow.InboxMessage;
import dev.inboard.spi.workflow.InstanceFilter;
import dev.inboard.spi.workflow.InstancePage;
import dev.inboard.spi.workflow.InstanceRecord;
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
import dev.inboard.sql.Parameters;
import dev.inboard.sql.Session;
import dev.inboard.sql.Work;
import dev.inboard.sql.WorkflowNodes;
import dev.inboard.sql.WorkflowReads;
import dev.inboard.sql.WorkflowTasks;
import dev.inboard.sql.WorkflowWrites;
import java.sql.SQLException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** Workflow instances in an SQLite database. Turns of many instances share one commit. */
final class SqliteWorkflowBackendDriver implements TaskQueueWorkflowBackendDriver {
  private static final String CLAIM =
      "UPDATE wf_instance SET owner = ?, epoch = epoch + 1, recoveries = recoveries + orphaned,"
          + " orphaned = 0 WHERE pk = ?";

  private final String label;
  private final DatabaseLease lease;
  private final Set<Feature> features;
  private final Clock clock;
  private final WorkflowNodes nodes;
  private final WorkflowReads reads;
  private final WorkflowTasks tasks;
  private final WorkflowWrites writes;
  private volatile boolean closed;

  SqliteWorkflowBackendDriver(
      String label, String app, Clock clock, DatabaseLease lease, Set<Feature> features) {
    this.label = label;
    this.lease = lease;
    this.features = features;
    this.clock = clock;
    this.nodes = new WorkflowNodes(clock, ProcessId.own());
    this.reads = new WorkflowReads(app, SqliteTags.INSTANCE);
    this.tasks = new WorkflowTasks(app, session -> clock.millis());
    this.writes = new WorkflowWrites(app, session -> clock.millis(), nodes::isLive, reads, tasks);
  }

  @Override
  public Set<Feature> features() {
    return features;
  }

  @Override
  public void observe(ComponentTelemetry telemetry) {
    lease.observe(telemetry);
  }

  @Override
  public CompletionStage<Void> ping() {
    return read(
        "ping",
        session -> {
          session.prepare("SELECT 1 FROM wf_node LIMIT 1").executeQuery().close();
          return null;
        });
  }

  @Override
  public CompletionStage<Void> join(Node node) {
    return write(
        "join",
        session -> {
          nodes.dropDead(session, ProcessId::isGone);
          nodes.renew(session, node);
          return null;
        });
  }

  @Override
  public CompletionStage<Boolean> heartbeat(Node node) {
    return write("heartbeat", session -> nodes.renew(session, node));
  }

  @Override
  public CompletionStage<Void> leave(String node) {
    return write(
        "leave",
        session -> {
          nodes.end(session, node, false);
          return null;
        });
  }

  @Override
  public CompletionStage<CreateOutcome> create(Creation creation) {
    return write("create", session -> writes.create(session, creation));
  }

  /** Looks without writing first, so that polling costs nothing while nothing happens. */
  @Override
  public CompletionStage<Claims> claim(String node, int max) {
    return this.<Optional<Claims>>read(
            "claim",
            session -> {
              boolean busy =
                  !reads.due(session, clock.millis(), 1).isEmpty() || nodes.hasExpired(session);
              return busy
                  ? Optional.empty()
                  : Optional.of(
                      new Claims(List.of(), reads.mail(session, node), reads.nextWake(session)));
            })
        .thenCompose(
            quiet ->
                quiet.isPresent()
                    ? CompletableFuture.completedFuture(quiet.get())
                    : write(
                        "claim",
                        session ->
                            new Claims(
                                take(session, node, max),
                                reads.mail(session, node),
                                reads.nextWake(session))));
  }

  private List<InstanceRecord> take(Session session, String node, int max) throws SQLException {
    nodes.dropExpired(session);
    if (!nodes.isLive(session, node)) {
      return List.of();
    }
    List<InstanceRecord> taken = new ArrayList<>();
    for (long pk : reads.due(session, clock.millis(), max)) {
      new Parameters(session.prepare(CLAIM)).text(node).number(pk).update();
      taken.add(reads.byKey(session, pk));
    }
    return taken;
  }

  @Override
  public CompletionStage<Optional<StoredInstance>> load(String id) {
    return read("load", session -> reads.load(session, id));
  }

  @Override
  public CompletionStage<TurnOutcome> commit(Turn turn) {
    return write("commit", session -> writes.commit(session, turn));
  }

  @Override
  public CompletionStage<Boolean> release(Ownership ownership) {
    return write("release", session -> writes.release(session, ownership));
  }

  @Override
  public CompletionStage<List<InstanceRecord>> owned(String node) {
    return read("owned", session -> reads.owned(session, node));
  }

  @Override
  public CompletionStage<Delivery> deliver(Message message) {
    return write("deliver", session -> writes.deliver(session, message));
  }

  @Override
  public CompletionStage<List<InboxMessage>> inbox(String id) {
    return read("inbox", session -> reads.inbox(session, reads.key(session, id)));
  }

  @Override
  public CompletionStage<Optional<InstanceRecord>> get(String id) {
    return read("get", session -> reads.get(session, id));
  }

  @Override
  public CompletionStage<Set<String>> settled(Collection<String> ids) {
    return read("look after", session -> reads.settled(session, ids));
  }

  @Override
  public CompletionStage<InstancePage> list(
      InstanceFilter filter, @Nullable String token, int size) {
    return read("list", session -> reads.list(session, filter, token, size));
  }

  @Override
  public CompletionStage<Long> count(InstanceFilter filter) {
    return read("count", session -> reads.count(session, filter));
  }

  @Override
  public CompletionStage<PurgeOutcome> purge(String id, boolean force) {
    return write(
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
    return write(
        "purge",
        session -> {
          List<Long> keys = reads.finished(session, filter, max);
          for (long key : keys) {
            writes.delete(session, key);
          }
          return keys.size();
        });
  }

  /** Looks without writing first, as {@link #claim} does. */
  @Override
  public CompletionStage<TaskClaims> claimTasks(Node node, QueueDemand demand) {
    return this.<Optional<TaskClaims>>read(
            "claim tasks", session -> Optional.ofNullable(tasks.look(session, demand.queue())))
        .thenCompose(
            nothing ->
                nothing.isPresent()
                    ? CompletableFuture.completedFuture(nothing.get())
                    : write("claim tasks", session -> tasks.claim(session, node, demand)));
  }

  @Override
  public CompletionStage<Set<TaskClaim>> renewTasks(
      Node node, Set<String> queues, Set<TaskClaim> claims) {
    return write("renew tasks", session -> tasks.renew(session, node, queues, claims));
  }

  @Override
  public CompletionStage<Boolean> completeTask(TaskClaim claim, Message result) {
    return write(
        "complete task",
        session -> {
          boolean held = tasks.remove(session, claim);
          if (held) {
            writes.deliver(session, result);
          }
          return held;
        });
  }

  @Override
  public CompletionStage<Void> releaseTasks(Set<TaskClaim> claims) {
    return write(
        "release tasks",
        session -> {
          tasks.release(session, claims);
          return null;
        });
  }

  @Override
  public CompletionStage<List<QueueState>> queues() {
    return read("queues", tasks::states);
  }

  private <T extends @Nullable Object> CompletionStage<T> read(String operation, Work<T> work) {
    Call call = call(operation);
    return closed ? refuse(call) : lease.database().read(call, work);
  }

  private <T extends @Nullable Object> CompletionStage<T> write(String operation, Work<T> work) {
    Call call = call(operation);
    return closed ? refuse(call) : lease.database().writeSound(call, work);
  }

  private static <T extends @Nullable Object> CompletionStage<T> refuse(Call call) {
    return CompletableFuture.failedFuture(
        call.failed(ErrorCode.CANCELLED, "the component is closed", null));
  }

  private Call call(String operation) {
    return (code, reason, cause) -> new InboardException(code, label, operation, reason, cause);
  }

  @Override
  public void close() {
    closed = true;
    lease.close();
  }
}
