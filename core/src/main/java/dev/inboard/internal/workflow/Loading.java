package dev.inboard.internal.workflow;

import dev.inboard.internal.workflow.InstanceState.Phase;
import dev.inboard.spi.workflow.InstanceStatus;
import dev.inboard.spi.workflow.StoredInstance;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** How an instance comes into memory, for the first time or afresh. */
@SuppressWarnings("FutureReturnValueIgnored") // what is attached deals with failures itself
final class Loading {
  private static final long SLOWEST_RELOAD = 5_000;

  private final Engine engine;
  private final Instance instance;
  private final InstanceState state;
  private long delay; // of the next try, while reading fails

  Loading(Engine engine, Instance instance, InstanceState state) {
    this.engine = engine;
    this.instance = instance;
    this.state = state;
  }

  /** Returns a longer pause after another failure. */
  static long longer(long pause) {
    return Math.min(SLOWEST_RELOAD, Math.max(50, pause * 2));
  }

  /** Begins an instance that has no history. */
  void beginNew() {
    engine.slots().take(() -> start(List.of()));
  }

  /** Reads the instance and brings its code to where it was. */
  void load() {
    engine.call(engine.driver().load(state.id)).whenComplete(this::loaded);
  }

  @SuppressWarnings("NullableOptional") // null when there is an error instead
  private void loaded(@Nullable Optional<StoredInstance> stored, @Nullable Throwable error) {
    if (error != null || stored == null) {
      engine.troubled("load", state.id, error);
      instance.failCallers(error == null ? new IllegalStateException("no answer") : error);
      delay = longer(delay);
      engine.timers().at(engine.host().now() + delay, this::load);
      return;
    }
    if (state.superseded) { // what was read may be from before
      state.superseded = false;
      load();
      return;
    }
    StoredInstance found = stored.orElse(null);
    if (found == null || !engine.instances().owns(found.record())) {
      instance.leaving.forget();
      return;
    }
    state.definition = found.record().definition();
    state.progress = found.record().progress();
    state.ownership = engine.instances().ownership(found.record());
    delay = 0;
    synchronized (state) {
      state.mailbox.loaded(found.inbox());
    }
    if (found.record().recoveries() > engine.options().maxRecoveries()) {
      instance.stalling.stall(
          "it was taken over from dead nodes %d times without getting anywhere; when the cause is mended, resume it"
              .formatted(found.record().recoveries()),
          false);
    } else {
      engine.slots().take(() -> start(found.history()));
    }
  }

  private void start(List<byte[]> history) {
    if (engine.isClosed()) {
      engine.slotFree();
      instance.leaving.forget();
      return;
    }
    Execution execution;
    try {
      execution = execution(history);
    } catch (Mismatch | IllegalArgumentException e) {
      engine.slotFree();
      instance.stalling.stall(String.valueOf(e.getMessage()), true);
      return;
    }
    state.execution = execution;
    if (state.progress.status() == InstanceStatus.STALLED) {
      execution.draft().touch();
    }
    state.enter(Phase.RUNNING);
    instance.startStrand();
  }

  private Execution execution(List<byte[]> history) {
    Registry registry = engine.rules().registry();
    String name = state.definition.name();
    String version = state.definition.version();
    Registry.RegisteredWorkflow workflow = registry.find(name, version);
    if (workflow == null) {
      throw new Mismatch(registry.missing(name, version));
    }
    return new Execution(
        instance, state.definition, state.progress, workflow, engine.rules(), history);
  }

  /**
   * Drops what is in memory, and reads the instance again; what waited in the mailbox still waits.
   */
  void reload(long pause) {
    synchronized (state) {
      if (state.phase == Phase.GONE) {
        return;
      }
      begin();
    }
    loadAfresh(pause);
  }

  /** The same for who is not the runner: only if nobody is; says whether that is so. */
  boolean reloadAtRest() {
    synchronized (state) {
      if (state.unborn != null || (state.phase != Phase.IDLE && state.phase != Phase.STALLED)) {
        return false;
      }
      begin();
    }
    loadAfresh(0);
    return true;
  }

  private void begin() { // holds the lock
    state.superseded = false;
    state.phase = Phase.LOADING;
    state.mailbox.putBack();
  }

  private void loadAfresh(long pause) {
    Execution before = state.execution;
    state.execution = null;
    state.alarms.clear();
    if (before != null) {
      before.unwind();
      state.seat.wake();
    }
    if (pause == 0) {
      load();
    } else {
      delay = Math.max(delay, pause);
      engine.timers().at(engine.host().now() + pause, this::load);
    }
  }
}
