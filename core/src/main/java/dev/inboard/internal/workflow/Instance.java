package dev.inboard.internal.workflow;

import dev.inboard.internal.runtime.LogContext;
import dev.inboard.internal.workflow.HistoryEvent.ChildRetried;
import dev.inboard.internal.workflow.HistoryEvent.Resumed;
import dev.inboard.internal.workflow.HistoryEvent.Terminated;
import dev.inboard.internal.workflow.HistoryEvent.TimerFired;
import dev.inboard.spi.workflow.CreateOutcome;
import dev.inboard.spi.workflow.Creation;
import dev.inboard.spi.workflow.InstanceDefinition;
import dev.inboard.spi.workflow.InstanceRecord;
import dev.inboard.spi.workflow.InstanceStatus;
import dev.inboard.spi.workflow.Ownership;
import dev.inboard.spi.workflow.Progress;
import dev.inboard.spi.workflow.Reuse;
import dev.inboard.spi.workflow.StoredInstance;
import dev.inboard.spi.workflow.Turn;
import dev.inboard.spi.workflow.TurnOutcome;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * An instance in memory: its mailbox, its phase, its strand.
 *
 * <p>At any time at most one thread, the <em>runner</em>, works on it; the phase says who may
 * become the runner. Fields marked "runner" belong to that thread; each change of the phase happens
 * under the lock, which hands them over.
 */
@SuppressWarnings("FutureReturnValueIgnored") // what is attached deals with failures itself
final class Instance implements Execution.Site {
  private static final Duration STALL_RETRY = Duration.ofMinutes(1);
  private static final long SLOWEST_RELOAD = 5_000;

  private enum Phase {
    /** Being read, or waiting for a slot; nobody runs it. */
    LOADING,
    /** A runner has it. */
    RUNNING,
    /** A commit is under way; its completion goes on. */
    COMMITTING,
    /** Nothing to do; whoever brings something becomes the runner. */
    IDLE,
    /** Its code does not fit; waits for another try. */
    STALLED,
    /** Not in memory any more. */
    GONE
  }

  private final Engine engine;
  private final String id;

  // guarded by this
  private Phase phase = Phase.LOADING;
  private final Mailbox mailbox;

  // runner
  private InstanceDefinition definition;
  private Progress progress;
  private volatile Ownership ownership;
  private volatile boolean superseded; // the node owns it anew; what is in memory is from before
  private @Nullable Reuse unborn;
  private @Nullable Execution execution;
  private final Alarms alarms;
  private List<Incoming> taken = new ArrayList<>();
  private long reloadDelay;
  private long pauseAfterFailure;

  private final Seat seat = new Seat();
  private volatile long runningSince; // 0 while no code runs
  private volatile long lastUsed;
  private final CompletableFuture<CreateOutcome> born = new CompletableFuture<>();

  private Instance(
      Engine engine, InstanceDefinition definition, Progress progress, Ownership ownership) {
    this.engine = engine;
    this.id = definition.id();
    this.definition = definition;
    this.progress = progress;
    this.ownership = ownership;
    this.alarms = new Alarms(engine.timers());
    this.mailbox = new Mailbox(error -> engine.reports().unreadable(id, error));
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
    instance.unborn = reuse;
    return instance;
  }

  /** An instance that is stored and owned by this node. */
  static Instance stored(Engine engine, InstanceRecord record, Ownership ownership) {
    Instance instance = new Instance(engine, record.definition(), record.progress(), ownership);
    instance.born.complete(new CreateOutcome(true, record, List.of()));
    return instance;
  }

  String id() {
    return id;
  }

  /** Completes when an unborn instance is stored, or turned away. */
  CompletableFuture<CreateOutcome> born() {
    return born;
  }

  long lastUsed() {
    return lastUsed;
  }

  synchronized boolean isGone() {
    return phase == Phase.GONE;
  }

  /** The node was given the instance, which is in memory already. */
  void owned(Ownership now) {
    Phase met;
    synchronized (this) {
      met = phase;
      superseded |= phase == Phase.LOADING || unborn != null || now.epoch() != ownership.epoch();
    }
    if (met == Phase.GONE) {
      engine.takeUp(id);
    } else if (!superseded || !reloadAtRest()) {
      mail();
    }
  }

  // ---- coming into memory

  /** Begins an instance that has no history. */
  void beginNew() {
    engine.slots().take(() -> start(List.of()));
  }

  /** Reads the instance and brings its code to where it was. */
  void load() {
    engine.call(engine.driver().load(id)).whenComplete(this::loaded);
  }

  @SuppressWarnings("NullableOptional") // null when there is an error instead
  private void loaded(@Nullable Optional<StoredInstance> stored, @Nullable Throwable error) {
    if (error != null || stored == null) {
      engine.troubled("load", id, error);
      failCallers(error == null ? new IllegalStateException("no answer") : error);
      retryLoad();
      return;
    }
    if (superseded) { // what was read may be from before
      superseded = false;
      load();
      return;
    }
    StoredInstance found = stored.orElse(null);
    if (found == null || !engine.owns(found.record())) {
      forget();
      return;
    }
    definition = found.record().definition();
    progress = found.record().progress();
    ownership = engine.ownership(found.record());
    reloadDelay = 0;
    synchronized (this) {
      mailbox.loaded(found.inbox());
    }
    if (found.record().recoveries() > engine.options().maxRecoveries()) {
      stall(
          "it was taken over from dead nodes %d times without getting anywhere; when the cause is mended, resume it"
              .formatted(found.record().recoveries()),
          false);
    } else {
      engine.slots().take(() -> start(found.history()));
    }
  }

  private void retryLoad() {
    reloadDelay = Math.min(SLOWEST_RELOAD, Math.max(50, reloadDelay * 2));
    engine.timers().at(engine.host().now() + reloadDelay, this::load);
  }

  private void start(List<byte[]> history) {
    if (engine.isClosed()) {
      engine.slotFree();
      forget();
      return;
    }
    Registry.RegisteredWorkflow workflow =
        engine.rules().registry().find(definition.name(), definition.version());
    try {
      if (workflow == null) {
        throw new Mismatch(
            engine.rules().registry().missing(definition.name(), definition.version()));
      }
      execution = new Execution(this, definition, progress, workflow, engine.rules(), history);
    } catch (Mismatch | IllegalArgumentException e) {
      engine.slotFree();
      stall(String.valueOf(e.getMessage()), true);
      return;
    }
    if (progress.status() == InstanceStatus.STALLED) {
      execution.draft().touch();
    }
    synchronized (this) {
      phase = Phase.RUNNING;
    }
    seat.start(engine.host(), id, this::runStrand);
  }

  // ---- the strand

  private void runStrand() {
    try (LogContext entered = engine.tracing().enter(definition)) {
      Execution next = execution;
      while (next != null) {
        runningSince = engine.host().now();
        next.run();
        runningSince = 0;
        next = afterRun(next);
      }
    } catch (RuntimeException | Error e) {
      engine.reports().defect("run", id, e);
      if (unborn != null) {
        turnedAway(null, e);
      } else {
        reload(0);
      }
    } finally {
      runningSince = 0;
      engine.slotFree();
    }
  }

  private @Nullable Execution afterRun(Execution ran) {
    Mismatch mismatch = ran.mismatch();
    if (mismatch != null && !ran.isUnwinding()) {
      stall(String.valueOf(mismatch.getMessage()), true);
      return null;
    } else if (ran.isUnwinding()) {
      return null;
    }
    boolean continues = ran.outcome() instanceof Outcome.Continued;
    seat.beginPause();
    if (settle()) {
      pump();
    }
    if (continues) {
      seat.rest(ran, engine.host().activities());
    }
    return ran.isUnwinding() || !continues ? null : execution;
  }

  @Override
  public void pause(Execution paused) {
    runningSince = 0;
    seat.beginPause();
    if (settle()) {
      pump();
    }
    seat.rest(paused, engine.host().activities());
    runningSince = engine.host().now();
  }

  @Override
  public boolean isOnStrand() {
    return seat.isCurrent();
  }

  @Override
  public Map<String, String> tagsOfStarted(String workflow, boolean child) {
    return engine.tracing().tagsOfStarted(definition, workflow, child);
  }

  // ---- turns

  /**
   * Puts something into the mailbox; false when the instance cannot take it and the backend must.
   */
  boolean offer(Incoming incoming) {
    synchronized (this) {
      boolean direct = incoming.inboxNumber() < 0 && incoming.stored() != null;
      if (phase == Phase.GONE || (direct && (mailbox.isBeingRead() || phase == Phase.STALLED))) {
        return false;
      }
      mailbox.add(incoming);
    }
    pump();
    return true;
  }

  /** Becomes the runner as long as there is something to do and nobody else runs it. */
  private void pump() {
    while (true) {
      Execution current;
      List<Incoming> batch;
      synchronized (this) {
        current = execution; // whoever changes it changes the phase afterwards
        if (phase != Phase.IDLE || current == null) {
          return;
        }
        if (mailbox.isEmpty() && !current.wantsTurn()) {
          return;
        }
        phase = Phase.RUNNING;
        batch = mailbox.takeAll();
      }
      lastUsed = engine.host().now();
      taken.addAll(batch);
      if (current.begin(batch, lastUsed)) {
        seat.resume();
        return;
      }
      if (!settle()) {
        return;
      }
    }
  }

  /**
   * Ends a turn; true when that is done and the instance is idle, false when a commit is under way.
   */
  private boolean settle() {
    Execution current = current();
    boolean nothing = current.draft().isEmpty() && current.outcome() == null;
    if (nothing && (unborn == null || !current.draft().hasTurn())) {
      acknowledge();
      return idle();
    }
    current.checkHistoryLimit(progress.events() + current.draft().events().size());
    Turn turn = Turns.of(current, progress, ownership);
    synchronized (this) {
      phase = Phase.COMMITTING;
    }
    if (unborn != null) {
      Creation creation = new Creation(definition, unborn, ownership.node(), turn);
      return then(
          engine.call(engine.driver().create(creation)),
          (outcome, error) -> created(turn, outcome, error));
    }
    return then(
        engine.call(engine.driver().commit(turn)),
        (outcome, error) -> committed(turn, outcome, error));
  }

  private <T> boolean then(CompletableFuture<T> call, BiConsumer<T, Throwable> next) {
    if (call.isDone()) {
      call.whenComplete(next);
      synchronized (this) {
        return phase == Phase.IDLE;
      }
    }
    call.whenComplete(
        (result, error) -> {
          next.accept(result, error);
          pump();
        });
    return false;
  }

  private void created(Turn turn, @Nullable CreateOutcome outcome, @Nullable Throwable error) {
    if (outcome == null || !outcome.created()) {
      turnedAway(outcome, error);
      return;
    }
    Ownership stored = outcome.record().ownership();
    unborn = null;
    born.complete(outcome);
    if (stored != null) {
      ownership = stored;
    } else if (!turn.progress().status().isFinished()) {
      forget(); // this node's lease had run out
      engine.claimSoon();
      return;
    }
    written(turn, outcome.started());
  }

  /** There will be no such instance; this node may own what is stored under the id, though. */
  private void turnedAway(@Nullable CreateOutcome outcome, @Nullable Throwable error) {
    if (outcome != null) {
      born.complete(outcome);
    } else {
      born.completeExceptionally(error == null ? new IllegalStateException("no outcome") : error);
    }
    forget();
    if (outcome == null) {
      engine.reconcileSoon();
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
  private void notWritten(@Nullable Throwable error) {
    if (error == null) { // somebody else owns it
      reload(0);
      return;
    }
    engine.troubled("commit", id, error);
    failCallers(error);
    engine.reconcileSoon();
    pauseAfterFailure = Math.min(SLOWEST_RELOAD, Math.max(50, pauseAfterFailure * 2));
    reload(pauseAfterFailure);
  }

  private void failCallers(Throwable error) {
    List<Incoming> failed;
    synchronized (this) {
      mailbox.putBack(taken);
      taken = new ArrayList<>();
      failed = mailbox.take(incoming -> incoming.stored() != null);
    }
    for (Incoming incoming : failed) {
      engine.post().failed(id, incoming, error);
    }
  }

  private void written(Turn turn, List<InstanceRecord> started) {
    pauseAfterFailure = 0;
    Execution current = current();
    engine.tracing().committed(definition, progress, turn.progress(), current.draft());
    progress = turn.progress();
    current.draft().committed();
    synchronized (this) {
      mailbox.consumed(turn.consumed());
    }
    acknowledge();
    engine.started(started);
    engine.sent(turn.messages());
    Outcome outcome = current.outcome();
    if (outcome instanceof Outcome.Ended) {
      ended();
    } else if (outcome instanceof Outcome.Continued) {
      continueAsNew(turn, current);
    } else {
      idle();
    }
  }

  private void acknowledge() {
    List<Incoming> done = taken;
    taken = new ArrayList<>();
    for (Incoming incoming : done) {
      if (incoming.stored() != null) {
        incoming.stored().complete(null);
      }
    }
  }

  private boolean idle() {
    if (superseded && unborn == null) {
      reload(0);
      return false;
    }
    Execution current = current();
    List<PendingTask<?>> begun = current.draft().takeBegun();
    alarms.sweep(current::hasTask);
    List<Runnable> work = new ArrayList<>();
    for (PendingTask<?> task : begun) {
      if (current.isPending(task)) {
        begin(current, task, work);
      }
    }
    if (engine.host().evictsNow() && work.isEmpty() && leave(true)) {
      return false;
    }
    synchronized (this) {
      phase = Phase.IDLE;
    }
    work.forEach(Runnable::run);
    if (engine.slots().isWanted()) { // who made room may have seen it busy
      leave(false);
    }
    return true;
  }

  private void begin(Execution current, PendingTask<?> task, List<Runnable> work) {
    if (task instanceof ActivityTask<?> activity) {
      ActivityCall call = ActivityCall.of(definition, current.generation(), activity);
      if (activity.notBefore() > engine.host().now()) {
        alarms.at(activity.notBefore(), task.number, () -> engine.activities().run(call));
      } else if (current.waitsOnlyFor(task) && !engine.activities().isSlow(activity.name)) {
        work.add(() -> lend(current, call));
      } else {
        work.add(() -> engine.activities().run(call));
      }
    } else if (task instanceof TimerTask timer) {
      remind(current, timer.fireAt, new TimerFired(timer.number), work);
    } else if (task instanceof ChildTask<?> child && child.retryAt() >= 0) {
      ChildRetried retried = new ChildRetried(child.number, child.attempt() + 1);
      remind(current, child.retryAt(), retried, work);
    }
  }

  private void remind(Execution current, long time, HistoryEvent.Input event, List<Runnable> work) {
    Runnable offer = () -> offer(tagged(current, event));
    if (time <= engine.host().now()) {
      work.add(offer); // not later: what is due keeps the instance in memory
    } else {
      alarms.at(time, event.task(), offer);
    }
  }

  /** Has the parked strand run the activity that its code waits for. */
  private void lend(Execution lender, ActivityCall call) {
    Runnable work = engine.activities().take(call);
    if (work == null) {
      return;
    }
    seat.lend(lender, work, engine.host().activities());
  }

  private static Incoming tagged(Execution current, HistoryEvent.Input event) {
    return Incoming.local(
        new Envelope(current.definition().executionId(), current.generation(), "", event));
  }

  private void continueAsNew(Turn turn, Execution before) {
    alarms.clear();
    engine.activities().cancel(definition, before);
    definition = definition.withInput(turn.input());
    execution = Execution.continued(before, definition, progress, turn.history());
    synchronized (this) {
      phase = Phase.RUNNING;
    }
    seat.resume();
  }

  // ---- leaving memory

  private void ended() {
    Execution ran = current();
    ran.unwind();
    alarms.clear();
    engine.activities().cancel(definition, ran);
    forget();
    engine.finished(record());
    seat.wake();
  }

  /** Leaves memory if nothing is under way; the node gives the instance back. */
  boolean leave(boolean asRunner) {
    Execution current = execution;
    synchronized (this) {
      boolean idle = asRunner ? phase != Phase.GONE : phase == Phase.IDLE;
      if (!idle
          || !mailbox.isEmpty()
          || mailbox.isBeingRead()
          || current == null
          || seat.isLending()) {
        return false;
      }
      if (unborn != null || superseded || current.wantsTurn() || current.hasActivity()) {
        return false;
      }
      phase = Phase.GONE;
    }
    current.unwind();
    alarms.clear();
    seat.wake();
    engine
        .call(engine.driver().release(ownership))
        .whenComplete(
            (released, error) -> {
              engine.forget(this);
              if (error != null) {
                engine.reconcileSoon();
              }
              engine.claimSoon();
            });
    return true;
  }

  /**
   * Leaves memory because the engine closes; what is not committed is lost, which is what it is
   * for.
   */
  void abandon() {
    Execution current = execution;
    synchronized (this) {
      phase = Phase.GONE;
    }
    if (current != null) {
      current.unwind();
      engine.activities().cancel(definition, current);
    }
    if (runningSince > 0) {
      seat.interrupt(); // code that does not come back by itself
    }
    seat.wake();
    giveUpCallers();
  }

  private void forget() {
    synchronized (this) {
      phase = Phase.GONE;
    }
    Execution current = execution;
    if (current != null) {
      current.unwind();
      seat.wake();
    }
    alarms.clear();
    engine.forget(this);
    giveUpCallers();
    if (superseded) { // what this node owns under the id now is not this
      engine.takeUp(id);
    }
  }

  /** Sends what callers wait for the long way round. */
  private void giveUpCallers() {
    born.completeExceptionally(engine.closing("start workflow '" + definition.name() + "'"));
    List<Incoming> left;
    synchronized (this) {
      left = new ArrayList<>(taken);
      left.addAll(mailbox.takeAll());
      taken = new ArrayList<>();
    }
    for (Incoming incoming : left) {
      if (incoming.stored() != null) {
        engine.post().redirect(id, incoming);
      }
    }
  }

  /**
   * Drops what is in memory, and reads the instance again; what waited in the mailbox still waits.
   */
  private void reload(long delay) {
    synchronized (this) {
      if (phase == Phase.GONE) {
        return;
      }
      beginLoading();
    }
    loadAfresh(delay);
  }

  /** The same for who is not the runner: only if nobody is; says whether that is so. */
  private boolean reloadAtRest() {
    synchronized (this) {
      if (unborn != null || (phase != Phase.IDLE && phase != Phase.STALLED)) {
        return false;
      }
      beginLoading();
    }
    loadAfresh(0);
    return true;
  }

  private void beginLoading() { // holds the lock
    superseded = false;
    phase = Phase.LOADING;
    mailbox.putBack(taken);
    taken = new ArrayList<>();
  }

  private void loadAfresh(long delay) {
    Execution current = execution;
    execution = null;
    alarms.clear();
    if (current != null) {
      current.unwind();
      seat.wake();
    }
    if (delay == 0) {
      load();
    } else {
      reloadDelay = Math.max(reloadDelay, delay);
      engine.timers().at(engine.host().now() + delay, this::load);
    }
  }

  // ---- stalled

  /** Stores that the instance cannot go on, and why; tries again later. */
  private void stall(String reason, boolean retry) {
    engine.reports().stalled(id, reason);
    execution = null;
    alarms.clear();
    Turn turn = Turns.stalled(progress, ownership, reason, engine.host().now(), STALL_RETRY);
    synchronized (this) {
      phase = Phase.COMMITTING;
      mailbox.putBack(taken);
      taken = new ArrayList<>();
    }
    if (unborn != null) {
      Creation creation = new Creation(definition, unborn, ownership.node(), turn);
      engine
          .call(engine.driver().create(creation))
          .whenComplete((outcome, error) -> bornStalled(turn, outcome, error));
      return;
    }
    engine
        .call(engine.driver().commit(turn))
        .whenComplete(
            (outcome, error) -> {
              if (outcome == null || !outcome.committed()) {
                notWritten(error);
              } else {
                restStalled(turn, retry);
              }
            });
  }

  private void bornStalled(Turn turn, @Nullable CreateOutcome outcome, @Nullable Throwable error) {
    Ownership stored = outcome == null ? null : outcome.record().ownership();
    if (outcome == null || !outcome.created() || stored == null) {
      created(turn, outcome, error);
      return;
    }
    ownership = stored;
    unborn = null;
    born.complete(outcome);
    restStalled(turn, true);
  }

  private void restStalled(Turn turn, boolean retry) {
    progress = turn.progress();
    List<Incoming> told;
    synchronized (this) {
      phase = Phase.STALLED;
      told = mailbox.take(incoming -> incoming.stored() != null);
    }
    told.forEach(incoming -> engine.post().redirect(id, incoming));
    if (retry) {
      engine.timers().at(engine.host().now() + STALL_RETRY.toMillis(), this::retryStalled);
    }
    wakeStalled();
  }

  private void retryStalled() {
    synchronized (this) {
      if (phase != Phase.STALLED) {
        return;
      }
    }
    reloadAtRest();
  }

  /** Looks whether a message wants a stalled instance to do something. */
  private void wakeStalled() {
    Terminated end = null;
    boolean again = false;
    synchronized (this) {
      if (phase != Phase.STALLED) {
        return;
      }
      for (Incoming incoming : mailbox.waiting()) {
        HistoryEvent.Input event = incoming.envelope().event();
        again |=
            event instanceof Resumed
                && incoming.envelope().isFor(definition.executionId(), progress.generation());
        end = event instanceof Terminated terminated ? terminated : end;
      }
      if (end != null) {
        phase = Phase.COMMITTING;
      }
    }
    if (end != null) {
      terminateStalled(end.reason());
    } else if (again) {
      retryStalled();
    }
  }

  private void terminateStalled(String reason) {
    Turn turn = Turns.terminated(definition, progress, ownership, reason, engine.host().now());
    engine
        .call(engine.driver().commit(turn))
        .whenComplete(
            (outcome, error) -> {
              if (outcome == null || !outcome.committed()) {
                notWritten(error);
              } else {
                progress = turn.progress();
                acknowledgeEnd();
                forget();
                engine.sent(turn.messages());
                engine.finished(record());
              }
            });
  }

  private void acknowledgeEnd() {
    List<Incoming> ends;
    synchronized (this) {
      ends = mailbox.take(incoming -> incoming.envelope().event() instanceof Terminated);
    }
    for (Incoming end : ends) {
      if (end.stored() != null) {
        end.stored().complete(null);
      }
    }
  }

  // ---- mail

  /** Reads the backend's inbox, because something may be there. */
  void mail() {
    synchronized (this) {
      if (phase == Phase.GONE) {
        return;
      }
      mailbox.beginRead();
    }
    engine
        .call(engine.driver().inbox(id))
        .whenComplete(
            (messages, error) -> {
              synchronized (this) {
                mailbox.endRead();
                if (messages != null) {
                  mailbox.read(messages);
                }
              }
              if (error != null) {
                engine.claimSoon();
              }
              pump();
              wakeStalled();
            });
  }

  // ---- for the engine's watch

  long runningSince() {
    return runningSince;
  }

  StackTraceElement[] stackTrace() {
    return seat.stackTrace();
  }

  private InstanceRecord record() {
    return new InstanceRecord(definition, progress, null, null, 0);
  }

  /** Says whether something is under way that ends by itself. */
  synchronized boolean isBusy() {
    return phase == Phase.RUNNING || phase == Phase.COMMITTING;
  }

  /** Finds out whether this node still owns the instance, after it may have lost it. */
  void check() {
    engine
        .call(engine.driver().get(id))
        .whenComplete(
            (found, error) -> {
              if (error == null && found.filter(engine::owns).isEmpty()) {
                reloadAtRest();
              }
            });
  }

  @Override
  public synchronized String toString() {
    return id
        + " "
        + phase
        + ", "
        + mailbox.size()
        + " waiting, "
        + mailbox.reads()
        + " mail reads";
  }

  private Execution current() {
    Execution current = execution;
    if (current == null) {
      throw new IllegalStateException("workflow '" + id + "' is not in memory");
    }
    return current;
  }
}
