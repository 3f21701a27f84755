package dev.inboard.internal.workflow;

import dev.inboard.internal.workflow.HistoryEvent.Resumed;
import dev.inboard.internal.workflow.HistoryEvent.Terminated;
import dev.inboard.internal.workflow.InstanceState.Phase;
import dev.inboard.spi.workflow.CreateOutcome;
import dev.inboard.spi.workflow.Ownership;
import dev.inboard.spi.workflow.Turn;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What becomes of an instance whose code does not fit its history: the reason is stored, and it
 * waits for another try, to be resumed, or to be terminated.
 */
@SuppressWarnings("FutureReturnValueIgnored") // what is attached deals with failures itself
final class Stalling {
  private static final Duration RETRY = Duration.ofMinutes(1);

  private final Engine engine;
  private final Instance instance;
  private final InstanceState state;

  Stalling(Engine engine, Instance instance, InstanceState state) {
    this.engine = engine;
    this.instance = instance;
    this.state = state;
  }

  /** Stores that the instance cannot go on, and why. */
  void stall(String reason, boolean retry) {
    engine.reports().stalled(state.id, reason);
    state.execution = null;
    state.alarms.clear();
    Turn turn = Turns.stalled(state.progress, state.ownership, reason, engine.host().now(), RETRY);
    synchronized (state) {
      state.phase = Phase.COMMITTING;
      state.mailbox.putBack();
    }
    if (state.unborn != null) {
      instance
          .committing
          .create(turn)
          .whenComplete((outcome, error) -> bornStalled(turn, outcome, error));
    } else {
      commit(turn, () -> rest(turn, retry));
    }
  }

  private void commit(Turn turn, Runnable next) {
    instance
        .committing
        .commit(turn)
        .whenComplete(
            (outcome, error) -> {
              if (outcome == null || !outcome.committed()) {
                instance.committing.notWritten(error);
              } else {
                next.run();
              }
            });
  }

  private void bornStalled(Turn turn, @Nullable CreateOutcome outcome, @Nullable Throwable error) {
    Ownership stored = outcome == null ? null : outcome.record().ownership();
    if (outcome == null || !outcome.created() || stored == null) {
      instance.committing.created(turn, outcome, error);
      return;
    }
    state.ownership = stored;
    state.unborn = null;
    instance.born().complete(outcome);
    rest(turn, true);
  }

  private void rest(Turn turn, boolean retry) {
    state.progress = turn.progress();
    List<Incoming> told;
    synchronized (state) {
      state.phase = Phase.STALLED;
      told = state.mailbox.remove(incoming -> incoming.stored() != null);
    }
    told.forEach(incoming -> engine.post().redirect(state.id, incoming));
    if (retry) {
      engine.timers().at(engine.host().now() + RETRY.toMillis(), this::retry);
    }
    wake();
  }

  private void retry() {
    if (state.isIn(Phase.STALLED)) {
      instance.loading.reloadAtRest();
    }
  }

  /** Looks whether a message wants a stalled instance to do something. */
  void wake() {
    Terminated end = null;
    boolean again = false;
    synchronized (state) {
      if (state.phase != Phase.STALLED) {
        return;
      }
      for (Incoming incoming : state.mailbox.waiting()) {
        HistoryEvent.Input event = incoming.envelope().event();
        again |=
            event instanceof Resumed
                && incoming
                    .envelope()
                    .isFor(state.definition.executionId(), state.progress.generation());
        end = event instanceof Terminated terminated ? terminated : end;
      }
      if (end != null) {
        state.phase = Phase.COMMITTING;
      }
    }
    if (end != null) {
      terminate(end.reason());
    } else if (again) {
      retry();
    }
  }

  private void terminate(String reason) {
    Turn turn =
        Turns.terminated(
            state.definition, state.progress, state.ownership, reason, engine.host().now());
    commit(turn, () -> terminated(turn));
  }

  private void terminated(Turn turn) {
    state.progress = turn.progress();
    List<Incoming> ends;
    synchronized (state) {
      ends = state.mailbox.remove(incoming -> incoming.envelope().event() instanceof Terminated);
    }
    InstanceState.acknowledge(ends);
    instance.leaving.forget();
    engine.instances().sent(turn.messages());
    engine.finished(state.record());
  }
}
