package dev.inboard.internal.workflow;

import dev.inboard.internal.runtime.LogContext;
import dev.inboard.internal.workflow.InstanceState.Phase;
import dev.inboard.spi.workflow.CreateOutcome;
import dev.inboard.spi.workflow.InstanceDefinition;
import dev.inboard.spi.workflow.InstanceRecord;
import dev.inboard.spi.workflow.Ownership;
import dev.inboard.spi.workflow.Progress;
import dev.inboard.spi.workflow.Reuse;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * An instance in memory: what comes into its mailbox, and who runs it.
 *
 * <p>At any time at most one thread, the <em>runner</em>, works on it; the phase says who may
 * become the runner. Its parts say how it comes into memory ({@link Loading}), how a turn ends
 * ({@link Committing}), what happens when its code does not fit ({@link Stalling}), and how it goes
 * ({@link Leaving}).
 */
@SuppressWarnings("FutureReturnValueIgnored") // what is attached deals with failures itself
final class Instance implements Site {
  private final Engine engine;
  private final InstanceState state;
  final Loading loading;
  final Committing committing;
  final Stalling stalling;
  final Leaving leaving;

  private volatile long runningSince; // 0 while no code runs
  private volatile long lastUsed;

  private Instance(
      Engine engine, InstanceDefinition definition, Progress progress, Ownership ownership) {
    String id = definition.id();
    this.engine = engine;
    this.state =
        new InstanceState(
            definition,
            progress,
            ownership,
            new Mailbox(error -> engine.reports().unreadable(id, error)),
            new Alarms(engine.timers()));
    this.loading = new Loading(engine, this, state);
    this.committing = new Committing(engine, this, state);
    this.stalling = new Stalling(engine, this, state);
    this.leaving = new Leaving(engine, this, state);
    this.lastUsed = engine.host().now();
  }

  /** An instance that will be stored together with its first turn. */
  static Instance unborn(Engine engine, InstanceDefinition definition, Reuse reuse) {
    Instance instance =
        new Instance(
            engine,
            definition,
            Progress.created(definition.createdAt()),
            new Ownership(definition.id(), 0, engine.node().id(), 1));
    instance.state.unborn = reuse;
    return instance;
  }

  /** An instance that is stored and owned by this node. */
  static Instance stored(Engine engine, InstanceRecord record, Ownership ownership) {
    Instance instance = new Instance(engine, record.definition(), record.progress(), ownership);
    instance.born().complete(new CreateOutcome(true, record, List.of()));
    return instance;
  }

  String id() {
    return state.id;
  }

  /** Completes when an unborn instance is stored, or turned away. */
  CompletableFuture<CreateOutcome> born() {
    return committing.born();
  }

  boolean isGone() {
    return state.isIn(Phase.GONE);
  }

  /** The node was given the instance, which is in memory already. */
  void owned(Ownership now) {
    Phase met;
    synchronized (state) {
      met = state.phase;
      state.superseded |=
          met == Phase.LOADING || state.unborn != null || now.epoch() != state.ownership.epoch();
    }
    if (met == Phase.GONE) {
      engine.instances().takeUp(state.id);
    } else if (!state.superseded || !loading.reloadAtRest()) {
      mail();
    }
  }

  /** Finds out whether this node still owns the instance, after it may have lost it. */
  void check() {
    engine
        .call(engine.driver().get(state.id))
        .whenComplete(
            (found, error) -> {
              if (error == null && found.filter(engine.instances()::owns).isEmpty()) {
                loading.reloadAtRest();
              }
            });
  }

  // ---- the strand

  void startStrand() {
    state.seat.start(engine.host(), state.id, this::runStrand);
  }

  private void runStrand() {
    try (LogContext entered = engine.tracing().enter(state.definition)) {
      Execution next = state.execution;
      while (next != null) {
        runningSince = engine.host().now();
        next.run();
        runningSince = 0;
        next = afterRun(next);
      }
    } catch (RuntimeException | Error e) {
      engine.reports().defect("run", state.id, e);
      if (state.unborn != null) {
        committing.turnedAway(null, e);
      } else {
        loading.reload(0);
      }
    } finally {
      runningSince = 0;
      engine.slotFree();
    }
  }

  private @Nullable Execution afterRun(Execution ran) {
    Mismatch mismatch = ran.mismatch();
    if (ran.isUnwinding()) {
      return null;
    } else if (mismatch != null) {
      stalling.stall(String.valueOf(mismatch.getMessage()), true);
      return null;
    }
    boolean continues = ran.outcome() instanceof Outcome.Continued;
    endTurn();
    if (continues) {
      state.seat.rest(ran, engine.host().activities());
    }
    return ran.isUnwinding() || !continues ? null : state.execution;
  }

  @Override
  public void pause(Execution paused) {
    runningSince = 0;
    endTurn();
    state.seat.rest(paused, engine.host().activities());
    runningSince = engine.host().now();
  }

  private void endTurn() {
    state.seat.beginPause();
    if (committing.settle()) {
      pump();
    }
  }

  @Override
  public boolean isOnStrand() {
    return state.seat.isCurrent();
  }

  @Override
  public void checkQueues() {
    if (!engine.queues().isSupported()) {
      throw engine.queues().unsupported("call an activity on a queue");
    }
  }

  @Override
  public Map<String, String> tagsOfStarted(String workflow, boolean child) {
    return engine.tracing().tagsOfStarted(state.definition, workflow, child);
  }

  // ---- what comes in

  /**
   * Puts something into the mailbox; false when the instance cannot take it and the backend must.
   */
  boolean offer(Incoming incoming) {
    synchronized (state) {
      boolean direct = incoming.inboxNumber() < 0 && incoming.stored() != null;
      if (state.phase == Phase.GONE
          || (direct && (state.mailbox.isBeingRead() || state.phase == Phase.STALLED))) {
        return false;
      }
      state.mailbox.add(incoming);
    }
    pump();
    return true;
  }

  /** Becomes the runner as long as there is something to do and nobody else runs it. */
  void pump() {
    pump(Long.MIN_VALUE);
  }

  /** The same, when it is this time or later, even if the clock was set back meanwhile. */
  void pump(long atLeast) {
    while (true) {
      long time = Math.max(atLeast, engine.host().now());
      Execution current;
      List<Incoming> batch;
      synchronized (state) {
        current = state.execution; // whoever changes it changes the phase afterwards
        if (state.phase != Phase.IDLE || current == null) {
          return;
        }
        if (state.mailbox.isEmpty() && !current.wantsTurn(time)) {
          return;
        }
        state.phase = Phase.RUNNING;
        batch = state.mailbox.takeAll();
      }
      lastUsed = time;
      if (current.begin(batch, time)) {
        state.seat.resume();
        return;
      }
      if (!committing.settle()) {
        return;
      }
    }
  }

  /** Reads the backend's inbox, because something may be there. */
  void mail() {
    synchronized (state) {
      if (state.phase == Phase.GONE) {
        return;
      }
      state.mailbox.beginRead();
    }
    engine
        .call(engine.driver().inbox(state.id))
        .whenComplete(
            (messages, error) -> {
              synchronized (state) {
                state.mailbox.endRead();
                if (messages != null) {
                  state.mailbox.read(messages);
                }
              }
              if (error != null) {
                engine.claimSoon();
              }
              pump();
              stalling.wake();
            });
  }

  /** Tells callers that what they brought could not be stored. */
  void failCallers(Throwable error) {
    List<Incoming> failed;
    synchronized (state) {
      state.mailbox.putBack();
      failed = state.mailbox.remove(incoming -> incoming.stored() != null);
    }
    for (Incoming incoming : failed) {
      engine.post().failed(state.id, incoming, error);
    }
  }

  // ---- for the engine and its watch

  long lastUsed() {
    return lastUsed;
  }

  long runningSince() {
    return runningSince;
  }

  StackTraceElement[] stackTrace() {
    return state.seat.stackTrace();
  }

  /** Says whether something is under way that ends by itself. */
  boolean isBusy() {
    synchronized (state) {
      return state.phase == Phase.RUNNING || state.phase == Phase.COMMITTING;
    }
  }

  @Override
  public String toString() {
    synchronized (state) {
      return state.id
          + " "
          + state.phase
          + ", "
          + state.mailbox.size()
          + " waiting, "
          + state.mailbox.reads()
          + " mail reads";
    }
  }
}
