package dev.inboard.internal.workflow;

import dev.inboard.common.ErrorCode;
import dev.inboard.common.InboardException;
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
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A backend as one process sees it: slow, sometimes silent, sometimes failing before or after it
 * has done what was asked. Behind it stands a backend that works.
 */
final class SimBackend implements TaskQueueWorkflowBackendDriver {
  private final Simulation simulation;
  private final SimHost host;
  private final TaskQueueWorkflowBackendDriver store;
  private final Ledger ledger;
  private final Defect defect;
  private boolean faulty = true;

  SimBackend(
      Simulation simulation,
      SimHost host,
      TaskQueueWorkflowBackendDriver store,
      Ledger ledger,
      Defect defect) {
    this.simulation = simulation;
    this.host = host;
    this.store = store;
    this.ledger = ledger;
    this.defect = defect;
  }

  void faulty(boolean faulty) {
    this.faulty = faulty;
  }

  private <T> CompletionStage<T> call(Supplier<CompletionStage<T>> effect) {
    if (!faulty || simulation.chance(20)) {
      return effect.get();
    }
    CompletableFuture<T> answer = new CompletableFuture<>();
    boolean lost = simulation.chance(3);
    boolean failsAfter = simulation.chance(3);
    long arrives = simulation.now() + simulation.random.nextInt(simulation.chance(5) ? 3_000 : 20);
    simulation.at(
        arrives,
        () -> {
          T result = lost ? null : effect.get().toCompletableFuture().join();
          long answers = simulation.now() + simulation.random.nextInt(20);
          simulation.at(
              answers,
              host.inside(
                  () -> {
                    if (lost || failsAfter) {
                      answer.completeExceptionally(unavailable());
                    } else {
                      answer.complete(result);
                    }
                  }));
        });
    return answer;
  }

  private static InboardException unavailable() {
    return new InboardException(ErrorCode.UNAVAILABLE, "sim", "call", "a simulated failure");
  }

  @Override
  public Set<Feature> features() {
    return store.features();
  }

  @Override
  public CompletionStage<Void> join(Node node) {
    return store.join(node);
  }

  @Override
  public CompletionStage<Boolean> heartbeat(Node node) {
    return call(() -> store.heartbeat(node));
  }

  @Override
  public CompletionStage<Void> leave(String node) {
    return store.leave(node);
  }

  @Override
  public CompletionStage<CreateOutcome> create(Creation creation) {
    return call(
        () -> {
          CreateOutcome outcome = store.create(creation).toCompletableFuture().join();
          boolean fresh = outcome.created() && outcome.record().progress().turn() <= 1;
          if (fresh && creation.first() != null) {
            ledger.written(creation.definition(), creation.first());
          }
          if (outcome.created()) {
            ledger.acknowledged(creation, outcome.record());
          }
          return CompletableFuture.completedFuture(outcome);
        });
  }

  @Override
  public CompletionStage<Claims> claim(String node, int max) {
    return call(() -> store.claim(node, max));
  }

  @Override
  public CompletionStage<Optional<StoredInstance>> load(String id) {
    return call(
        () ->
            store
                .load(id)
                .thenApply(
                    found ->
                        found.map(
                            stored ->
                                new StoredInstance(
                                    stored.record(), stored.history(), read(stored.inbox())))));
  }

  @Override
  public CompletionStage<TurnOutcome> commit(Turn turn) {
    if (defect == Defect.DISPATCH_BEFORE_COMMIT) {
      call(() -> write(turn));
      return CompletableFuture.completedFuture(TurnOutcome.COMMITTED);
    }
    return call(() -> write(turn));
  }

  private CompletionStage<TurnOutcome> write(Turn turn) {
    InstanceRecord before =
        store.get(turn.ownership().id()).toCompletableFuture().join().orElse(null);
    Turn written = defect == Defect.SKIP_FENCE ? unfenced(turn, before) : turn;
    TurnOutcome outcome = store.commit(written).toCompletableFuture().join();
    if (outcome.committed() && before != null) {
      ledger.written(before.definition(), written);
    }
    return CompletableFuture.completedFuture(outcome);
  }

  private static Turn unfenced(Turn turn, @Nullable InstanceRecord stored) {
    Ownership owner = stored == null ? null : stored.ownership();
    if (stored == null || owner == null) {
      return turn;
    }
    return new Turn(
        owner,
        stored.progress().turn(),
        turn.progress(),
        turn.input(),
        turn.history(),
        turn.wakeAt(),
        turn.release(),
        turn.inOrder(),
        turn.consumed(),
        turn.messages(),
        turn.starts(),
        turn.tasks());
  }

  @Override
  public CompletionStage<Boolean> release(Ownership ownership) {
    return call(() -> store.release(ownership));
  }

  @Override
  public CompletionStage<List<InstanceRecord>> owned(String node) {
    return call(() -> store.owned(node));
  }

  @Override
  public CompletionStage<Delivery> deliver(Message message) {
    return call(() -> store.deliver(message));
  }

  @Override
  public CompletionStage<List<InboxMessage>> inbox(String id) {
    return call(() -> store.inbox(id).thenApply(this::read));
  }

  private List<InboxMessage> read(List<InboxMessage> messages) {
    if (defect != Defect.DROP_GENERATION_TAGS) {
      return messages;
    }
    return messages.stream()
        .map(
            message -> {
              Envelope tagged = Envelope.decode(message.payload());
              Envelope untagged = new Envelope("", 0, tagged.sender(), tagged.event());
              return new InboxMessage(message.number(), message.messageId(), untagged.encode());
            })
        .toList();
  }

  @Override
  public CompletionStage<Optional<InstanceRecord>> get(String id) {
    return call(() -> store.get(id));
  }

  @Override
  public CompletionStage<InstancePage> list(
      InstanceFilter filter, @Nullable String token, int size) {
    return store.list(filter, token, size);
  }

  @Override
  public CompletionStage<Long> count(InstanceFilter filter) {
    return store.count(filter);
  }

  @Override
  public CompletionStage<PurgeOutcome> purge(String id, boolean force) {
    return store.purge(id, force);
  }

  @Override
  public CompletionStage<Integer> purge(InstanceFilter filter, int max) {
    return store.purge(filter, max);
  }

  @Override
  public CompletionStage<TaskClaims> claimTasks(Node node, QueueDemand demand) {
    return call(() -> store.claimTasks(node, demand));
  }

  @Override
  public CompletionStage<Set<TaskClaim>> renewTasks(
      Node node, Set<String> queues, Set<TaskClaim> claims) {
    return call(() -> store.renewTasks(node, queues, claims));
  }

  @Override
  public CompletionStage<Boolean> completeTask(TaskClaim claim, Message result) {
    if (defect == Defect.RESULT_AFTER_TASK) {
      Message nowhere = new Message("nobody", result.messageId(), result.payload());
      return call(() -> store.completeTask(claim, nowhere))
          .thenCompose(
              valid ->
                  valid
                      ? deliver(result).thenApply(delivery -> true)
                      : CompletableFuture.completedFuture(false));
    }
    return call(() -> store.completeTask(claim, result));
  }

  @Override
  public CompletionStage<Void> releaseTasks(Set<TaskClaim> claims) {
    return call(() -> store.releaseTasks(claims));
  }

  @Override
  public CompletionStage<List<QueueState>> queues() {
    return call(store::queues);
  }

  @Override
  public void close() {}
}
