package dev.inboard.local.workflow;

import dev.inboard.common.ErrorCode;
import dev.inboard.common.InboardException;
import dev.inboard.spi.ComponentSpec;
import dev.inboard.spi.Feature;
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
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Answers every call at once, on the caller's thread.
 *
 * <p>One lock guards everything: a call holds it for less than a microsecond, so two cores do not
 * get into each other's way, and every call is trivially atomic.
 */
final class InMemoryWorkflowBackend implements TaskQueueWorkflowBackendDriver {
  private final ComponentSpec spec;
  private final InstanceTable table;
  private boolean closed; // guarded by this

  InMemoryWorkflowBackend(ComponentSpec spec) {
    this.spec = spec;
    this.table = new InstanceTable(spec.clock());
  }

  @Override
  public Set<Feature> features() {
    return Set.of(Feature.TASK_QUEUES);
  }

  @Override
  public CompletionStage<Void> join(Node node) {
    return answer("join", () -> table.nodes().join(node)).thenApply(fresh -> null);
  }

  @Override
  public CompletionStage<Boolean> heartbeat(Node node) {
    return answer("heartbeat", () -> !table.nodes().join(node));
  }

  @Override
  public CompletionStage<Void> leave(String node) {
    return answer("leave", () -> table.leave(node)).thenApply(released -> null);
  }

  @Override
  public CompletionStage<CreateOutcome> create(Creation creation) {
    return answer("create", () -> table.create(creation));
  }

  @Override
  public CompletionStage<Claims> claim(String node, int max) {
    return answer("claim", () -> table.claim(node, max));
  }

  @Override
  public CompletionStage<Optional<StoredInstance>> load(String id) {
    return answer("load", () -> Optional.ofNullable(table.find(id)).map(StoredRow::stored));
  }

  @Override
  public CompletionStage<TurnOutcome> commit(Turn turn) {
    return answer("commit", () -> table.commit(turn));
  }

  @Override
  public CompletionStage<Boolean> release(Ownership ownership) {
    return answer("release", () -> table.release(ownership));
  }

  @Override
  public CompletionStage<List<InstanceRecord>> owned(String node) {
    return answer("owned", () -> table.owned(node));
  }

  @Override
  public CompletionStage<Delivery> deliver(Message message) {
    return answer("deliver", () -> table.deliver(message));
  }

  @Override
  public CompletionStage<List<InboxMessage>> inbox(String id) {
    return answer("inbox", () -> table.inbox(id));
  }

  @Override
  public CompletionStage<Optional<InstanceRecord>> get(String id) {
    return answer("get", () -> Optional.ofNullable(table.find(id)).map(StoredRow::toRecord));
  }

  @Override
  public CompletionStage<Set<String>> settled(Collection<String> ids) {
    return answer("look after", () -> table.settled(ids));
  }

  @Override
  public CompletionStage<InstancePage> list(
      InstanceFilter filter, @Nullable String token, int size) {
    return answer("list", () -> Listing.page(table.all(), filter, token, size));
  }

  @Override
  public CompletionStage<Long> count(InstanceFilter filter) {
    return answer("count", () -> table.all().stream().filter(filter::matches).count());
  }

  @Override
  public CompletionStage<PurgeOutcome> purge(String id, boolean force) {
    return answer("purge", () -> table.purge(id, force));
  }

  @Override
  public CompletionStage<Integer> purge(InstanceFilter filter, int max) {
    return answer("purge", () -> table.purge(filter, max));
  }

  @Override
  public CompletionStage<TaskClaims> claimTasks(Node node, QueueDemand demand) {
    return answer("claim tasks", () -> table.tasks().claim(node, demand));
  }

  @Override
  public CompletionStage<Set<TaskClaim>> renewTasks(
      Node node, Set<String> queues, Set<TaskClaim> claims) {
    return answer("renew tasks", () -> table.tasks().renew(node, queues, claims));
  }

  @Override
  public CompletionStage<Boolean> completeTask(TaskClaim claim, Message result) {
    return answer("complete task", () -> table.complete(claim, result));
  }

  @Override
  public CompletionStage<Void> releaseTasks(Set<TaskClaim> claims) {
    return answer("release tasks", () -> table.tasks().release(claims)).thenApply(released -> null);
  }

  @Override
  public CompletionStage<List<QueueState>> queues() {
    return answer("queues", () -> table.tasks().states());
  }

  @Override
  public synchronized void close() {
    closed = true;
  }

  private synchronized <T> CompletionStage<T> answer(String operation, Supplier<T> call) {
    if (closed) {
      return CompletableFuture.failedFuture(
          new InboardException(
              ErrorCode.CANCELLED, spec.label(), operation, "the component is closed"));
    }
    try {
      return CompletableFuture.completedFuture(call.get());
    } catch (RuntimeException e) {
      return CompletableFuture.failedFuture(
          e instanceof InboardException
              ? e
              : new InboardException(
                  ErrorCode.INTERNAL, spec.label(), operation, String.valueOf(e.getMessage()), e));
    }
  }
}
