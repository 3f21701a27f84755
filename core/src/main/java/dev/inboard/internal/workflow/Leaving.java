package dev.inboard.internal.workflow;

import dev.inboard.internal.workflow.InstanceState.Phase;
import dev.inboard.spi.workflow.CreateOutcome;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * How an instance leaves memory: it ended, makes room, is not this node's, or the engine closes.
 */
@SuppressWarnings("FutureReturnValueIgnored") // what is attached deals with failures itself
final class Leaving {
  private final Engine engine;
  private final Instance instance;
  private final InstanceState state;

  Leaving(Engine engine, Instance instance, InstanceState state) {
    this.engine = engine;
    this.instance = instance;
    this.state = state;
  }

  /** Leaves memory after the turn that ended it. */
  void ended() {
    Execution ran = state.current();
    ran.unwind();
    state.alarms.clear();
    engine.activities().cancel(state.definition, ran);
    engine.handOn(
        () -> {
          forget();
          engine.finished(state.record());
        });
    state.seat.wake();
  }

  /** Leaves memory if nothing is under way; the node gives the instance back. */
  boolean leave(boolean asRunner) {
    Execution current = state.execution;
    synchronized (state) {
      if (current == null || !mayLeave(current, asRunner)) {
        return false;
      }
      state.phase = Phase.GONE;
    }
    current.unwind();
    state.alarms.clear();
    state.seat.wake();
    engine
        .call(engine.driver().release(state.ownership))
        .whenComplete(
            (released, error) -> {
              engine.instances().forget(instance);
              if (error != null) {
                engine.instances().reconcileSoon();
              }
              engine.claimSoon();
            });
    return true;
  }

  private boolean mayLeave(Execution current, boolean asRunner) { // holds the lock
    boolean idle = asRunner ? state.phase != Phase.GONE : state.phase == Phase.IDLE;
    return idle
        && state.mailbox.isEmpty()
        && !state.mailbox.isBeingRead()
        && !state.seat.isLending()
        && state.unborn == null
        && !state.superseded
        && !current.wantsTurn(engine.host().now())
        && !current.tasks().hasActivity();
  }

  /**
   * Leaves memory because the engine closes; what is not committed is lost, which is what it is
   * for.
   */
  void abandon() {
    Execution current = state.execution;
    state.enter(Phase.GONE);
    if (current != null) {
      current.unwind();
      engine.activities().cancel(state.definition, current);
    }
    if (instance.runningSince() > 0) {
      state.seat.interrupt(); // code that does not come back by itself
    }
    state.seat.wake();
    giveUpCallers();
  }

  /** Leaves memory because there is no such instance, or not on this node. */
  void forget() {
    state.enter(Phase.GONE);
    state.unwind();
    state.alarms.clear();
    engine.instances().forget(instance);
    giveUpCallers();
    if (state.superseded) { // what this node owns under the id now is not this
      engine.instances().takeUp(state.id);
    }
  }

  /** Sends what callers wait for the long way round. */
  private void giveUpCallers() {
    CompletableFuture<CreateOutcome> born = instance.born();
    if (!born.isDone()) {
      born.completeExceptionally(
          engine.closing("start workflow '" + state.definition.name() + "'"));
    }
    List<Incoming> left;
    synchronized (state) {
      state.mailbox.putBack();
      left = state.mailbox.removeAll();
    }
    for (Incoming incoming : left) {
      if (incoming.stored() != null) {
        engine.post().redirect(state.id, incoming);
      }
    }
  }
}
