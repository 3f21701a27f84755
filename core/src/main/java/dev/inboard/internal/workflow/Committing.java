package dev.inboard.internal.workflow;

import dev.inboard.internal.workflow.InstanceState.Phase;
import dev.inboard.spi.CallingThread;
import dev.inboard.spi.workflow.CreateOutcome;
import dev.inboard.spi.workflow.Creation;
import dev.inboard.spi.workflow.InstanceRecord;
import dev.inboard.spi.workflow.Ownership;
import dev.inboard.spi.workflow.Turn;
import dev.inboard.spi.workflow.TurnOutcome;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.BiConsumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** How a turn of an instance ends: what it drafted is stored, and only then carried out. */
@SuppressWarnings("FutureReturnValueIgnored") // what is attached deals with failures itself
final class Committing {
  private final Engine engine;
  private final Instance instance;
  private final InstanceState state;
  private final BegunTasks begun;
  private final CompletableFuture<CreateOutcome> born = new CompletableFuture<>();
  private long pauseAfterFailure;

  Committing(Engine engine, Instance instance, InstanceState state) {
    this.engine = engine;
    this.instance = instance;
    this.state = state;
    this.begun = new BegunTasks(engine, instance, state);
  }

  /** Completes when an unborn instance is stored, or turned away. */
  CompletableFuture<CreateOutcome> born() {
    return born;
  }

  /**
   * Ends a turn; true when that is done and the instance is idle, false when a commit is under way.
   */
  boolean settle() {
    Execution current = state.current();
    boolean nothing = current.draft().isEmpty() && current.outcome() == null;
    if (nothing && (state.unborn == null || !current.draft().hasTurn())) {
      acknowledge(List.of());
      return idle();
    }
    current.checkHistoryLimit(state.progress.events() + current.draft().events().size());
    Turn turn = Turns.of(current, state.progress, state.ownership);
    state.enter(Phase.COMMITTING);
    if (state.unborn != null) {
      return then(create(turn), (outcome, error) -> created(turn, outcome, error));
    }
    return then(commit(turn), (outcome, error) -> committed(turn, outcome, error));
  }

  /** Stores an unborn instance together with its first turn. */
  CompletableFuture<CreateOutcome> create(Turn turn) {
    Creation creation =
        new Creation(
            state.definition, Objects.requireNonNull(state.unborn), state.ownership.node(), turn);
    return write(() -> engine.driver().create(creation));
  }

  CompletableFuture<TurnOutcome> commit(Turn turn) {
    return write(() -> engine.driver().commit(turn));
  }

  /** A strand has nothing else to do until its turn is stored. */
  private <T> CompletableFuture<T> write(Supplier<CompletionStage<T>> call) {
    return engine.call(state.seat.isCurrent() ? CallingThread.waiting(call) : call.get());
  }

  private <T> boolean then(CompletableFuture<T> call, BiConsumer<T, Throwable> next) {
    if (call.isDone()) {
      call.whenComplete(next);
      return state.isIn(Phase.IDLE);
    }
    call.whenComplete(
        (result, error) -> {
          next.accept(result, error);
          instance.pump();
        });
    return false;
  }

  /** What became of storing an unborn instance. */
  void created(Turn turn, @Nullable CreateOutcome outcome, @Nullable Throwable error) {
    if (outcome == null || !outcome.created()) {
      turnedAway(outcome, error);
      return;
    }
    Ownership stored = outcome.record().ownership();
    state.unborn = null;
    born.complete(outcome);
    if (stored != null) {
      state.ownership = stored;
    } else if (!turn.progress().status().isFinished()) {
      instance.leaving.forget(); // this node's lease had run out
      engine.claimSoon();
      return;
    }
    written(turn, outcome.started());
  }

  /** There will be no such instance; this node may own what is stored under the id, though. */
  void turnedAway(@Nullable CreateOutcome outcome, @Nullable Throwable error) {
    if (outcome != null) {
      born.complete(outcome);
    } else {
      born.completeExceptionally(error == null ? new IllegalStateException("no outcome") : error);
    }
    instance.leaving.forget();
    if (outcome == null) {
      engine.instances().reconcileSoon();
    }
  }

  private void committed(Turn turn, @Nullable TurnOutcome outcome, @Nullable Throwable error) {
    if (outcome == null || !outcome.committed()) {
      notWritten(error);
      return;
    }
    written(turn, outcome.started());
  }

  /** What is stored counts; who waits for what was to be written may try again. */
  void notWritten(@Nullable Throwable error) {
    if (error == null) { // somebody else owns it
      instance.loading.reload(0);
      return;
    }
    engine.troubled("commit", state.id, error);
    instance.failCallers(error);
    engine.instances().reconcileSoon();
    pauseAfterFailure = Loading.longer(pauseAfterFailure);
    instance.loading.reload(pauseAfterFailure);
  }

  private void written(Turn turn, List<InstanceRecord> started) {
    pauseAfterFailure = 0;
    Execution current = state.current();
    engine.tracing().committed(state.definition, state.progress, turn.progress(), current.draft());
    warnOfLength(state.progress.events(), turn.progress().events());
    state.progress = turn.progress();
    current.draft().committed();
    acknowledge(turn.consumed());
    engine.instances().started(started);
    engine.instances().sent(turn.messages());
    engine.queues().queued(turn.tasks());
    Outcome outcome = current.outcome();
    if (outcome instanceof Outcome.Ended) {
      instance.leaving.ended();
    } else if (outcome instanceof Outcome.Continued) {
      continueAsNew(turn, current);
    } else {
      idle();
    }
  }

  private void warnOfLength(int before, int now) {
    if (engine.rules().isLong(now) && !engine.rules().isLong(before)) {
      engine.reports().longHistory(state.id, now, engine.rules().maxHistory());
    }
  }

  private void acknowledge(List<Long> consumed) {
    List<Incoming> done;
    synchronized (state) {
      done = state.mailbox.stored(consumed);
    }
    InstanceState.acknowledge(done);
  }

  private boolean idle() {
    if (state.superseded && state.unborn == null) {
      instance.loading.reload(0);
      return false;
    }
    List<Runnable> work = begun.take();
    if (engine.host().evictsNow() && work.isEmpty() && instance.leaving.leave(true)) {
      return false;
    }
    state.enter(Phase.IDLE);
    work.forEach(Runnable::run);
    if (engine.slots().isWanted()) { // who made room may have seen it busy
      instance.leaving.leave(false);
    }
    return true;
  }

  private void continueAsNew(Turn turn, Execution before) {
    state.alarms.clear();
    engine.activities().cancel(state.definition, before);
    state.definition = state.definition.withInput(turn.input());
    state.execution = Execution.continued(before, state.definition, state.progress, turn.history());
    state.enter(Phase.RUNNING);
    state.seat.resume();
  }
}
