package dev.inboard.internal.workflow;

import dev.inboard.internal.workflow.HistoryEvent.Input;
import dev.inboard.internal.workflow.HistoryEvent.Request;
import dev.inboard.internal.workflow.Registry.RegisteredWorkflow;
import dev.inboard.spi.workflow.InstanceDefinition;
import dev.inboard.spi.workflow.InstanceStatus;
import dev.inboard.spi.workflow.Progress;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One generation of an instance in memory: its tasks, what its code waits for, and how far it has
 * come.
 *
 * <p>Everything here is a function of the inputs and where turns begin, so that replay reaches the
 * same state. Used by one runner at a time: the strand while code runs, else whoever applies
 * inputs.
 */
final class Execution {
  private final Site site;
  private final InstanceDefinition definition;
  private final long startAt; // the beginning of time when it is not delayed
  private final int generation;
  private final Rules rules;

  private final WorkflowCode code;
  private final Recording recording;
  private final Inputs inputs = new Inputs(this);
  private final OpenTasks tasks = new OpenTasks();
  private long turns;
  private long now;
  private int historyLength;
  private int stepsInTurn;
  private byte @Nullable [] customStatus;
  private @Nullable Outcome outcome;
  private @Nullable Mismatch mismatch;
  private volatile boolean unwinding; // set by whoever drops the instance

  // what the code waits for
  private @Nullable Settled awaited;
  private @Nullable TimerTask limit;
  private long boundary;

  /** What the current turn will commit. */
  private final TurnDraft draft = new TurnDraft();

  Execution(
      Site site,
      InstanceDefinition definition,
      Progress progress,
      RegisteredWorkflow workflow,
      Rules rules,
      List<byte[]> history) {
    this.site = site;
    this.definition = definition;
    this.startAt =
        definition.startAt().isAfter(definition.createdAt())
            ? definition.startAt().toEpochMilli()
            : Long.MIN_VALUE;
    this.generation = progress.generation();
    this.rules = rules;
    this.code = new WorkflowCode(this, workflow);
    this.recording = new Recording(history);
    this.boundary = generation > 1 ? 2 : 1;
    this.customStatus = recording.isReplaying() || generation > 1 ? progress.customStatus() : null;
  }

  /** A generation that takes over from its predecessor, whose last turn told it so. */
  static Execution continued(
      Execution before, InstanceDefinition definition, Progress progress, byte[] history) {
    Execution next =
        new Execution(
            before.site,
            definition,
            progress,
            before.code.workflow(),
            before.rules,
            List.of(history));
    next.replayNextTurn();
    next.recording.end();
    return next;
  }

  // ---- what the code and its context see

  InstanceDefinition definition() {
    return definition;
  }

  Site site() {
    return site;
  }

  int generation() {
    return generation;
  }

  Payloads payloads() {
    return rules.payloads();
  }

  /** Returns the version that a new instance of a workflow gets. */
  String latestVersion(String name) {
    RegisteredWorkflow latest = rules.registry().latest(name);
    return latest == null ? "" : latest.version();
  }

  long now() {
    return now;
  }

  boolean isReplaying() {
    if (recording.reopen()) { // what the other instance had queued is not in a queue for this one
      tasks.all().forEach(this::queue);
    }
    return recording.isReplaying();
  }

  /** Says whether what happens now is to be stored; the history is behind. */
  boolean isNew() {
    return !recording.isReplaying();
  }

  int historyLength() {
    return historyLength;
  }

  boolean isHistoryLong() {
    return rules.isLong(historyLength);
  }

  WorkflowCode code() {
    return code;
  }

  Inputs inputs() {
    return inputs;
  }

  TurnDraft draft() {
    return draft;
  }

  void customStatus(byte @Nullable [] status) {
    checkThread();
    if (isNew()) {
      draft.touch();
    }
    customStatus = status;
  }

  byte @Nullable [] customStatus() {
    return customStatus;
  }

  int nextTask() {
    checkThread();
    return tasks.nextNumber();
  }

  void add(PendingTask<?> task) {
    tasks.add(task);
    begin(task);
  }

  /** Has a task, or its next attempt, begin with the commit of this turn. */
  void begin(PendingTask<?> task) {
    draft.begin(task);
    if (isNew()) {
      queue(task);
    }
  }

  private void queue(PendingTask<?> task) {
    if (task instanceof ActivityTask<?> activity && activity.isQueued()) {
      draft.queue(QueuedActivity.of(this, activity));
    }
  }

  /**
   * Records a request, or finds it in the history.
   *
   * @return what the history holds, when replaying; else the request itself
   */
  Request request(Request request) {
    checkThread();
    historyLength++;
    if (!isReplaying()) {
      Request made = recording.replaced(request);
      draft.add(made);
      return made;
    }
    try {
      return recording.match(request);
    } catch (Mismatch e) {
      mismatch = e;
      throw e;
    }
  }

  /** Returns the next request of the history while replaying, or null. */
  @Nullable Request expected() {
    return recording.expected();
  }

  Mismatch stall(String reason) {
    mismatch = new Mismatch(reason);
    return mismatch;
  }

  /** Waits for a task. */
  void await(Settled task) {
    checkThread();
    waitFor(task, null);
  }

  /** Waits for a task, or for the time to be over; says whether the task was first. */
  boolean await(Settled task, Duration timeout) {
    checkThread();
    if (task.isSettled() || timeout.isZero() || timeout.isNegative()) {
      inputs.throwIfCancelled();
      return task.isSettled();
    }
    TimerTask timer = timer(now + timeout.toMillis());
    try {
      waitFor(task, timer);
    } finally {
      tasks.remove(timer);
    }
    return task.isSettled();
  }

  TimerTask timer(long fireAt) {
    int number = nextTask();
    Request found = request(new HistoryEvent.TimerSet(number, fireAt));
    TimerTask timer = new TimerTask(this, number, ((HistoryEvent.TimerSet) found).fireAt());
    add(timer);
    return timer;
  }

  /**
   * Makes sure that what a step may build on is durable: that the instance exists, and the result
   * of the step before. Where turns end for this depends only on the history.
   */
  void beforeStep() {
    checkThread();
    if (stepsInTurn > 0 || (turns == 1 && generation == 1)) {
      boundary = turns + 1;
      waitFor(null, null);
    }
    stepsInTurn++;
  }

  /** Waits until the code may begin. */
  void awaitStart() {
    waitFor(null, null);
  }

  private void waitFor(@Nullable Settled task, @Nullable TimerTask timer) {
    awaited = task;
    limit = timer;
    try {
      inputs.throwIfCancelled();
      while (!canRun()) {
        if (recording.hasNextTurn()) {
          replayNextTurn();
        } else {
          checkNothingIsLeft();
          recording.end();
          site.pause(this);
          throwIfUnwinding();
        }
      }
      inputs.throwIfCancelled();
    } finally {
      awaited = null;
      limit = null;
    }
  }

  /** Says whether the code has something to do. */
  boolean canRun() {
    if (inputs.isSuspended() || outcome != null || turns < boundary) {
      return false;
    }
    return inputs.isCancelPending()
        || (!isEarly()
            && (awaited == null || awaited.isSettled() || (limit != null && limit.isSettled())));
  }

  /** Says whether the code waits for nothing but the end of a turn, or a time that has come. */
  boolean wantsTurn(long time) {
    return outcome == null
        && !inputs.isSuspended()
        && awaited == null
        && (isEarly() ? startAt <= time : turns < boundary);
  }

  /** Says whether it is not yet time to begin; what arrives before is kept. */
  boolean isEarly() {
    return now < startAt;
  }

  /** Returns when the code begins if it only waits for that, else the end of time. */
  long beginsAt() {
    return isEarly() && outcome == null && !inputs.isSuspended() ? startAt : Long.MAX_VALUE;
  }

  /** Says what the code waits for, for people. */
  String waitingFor() {
    if (inputs.isSuspended()) {
      return "resume";
    }
    return isEarly() ? "its start" : awaited == null ? "" : awaited.label();
  }

  // ---- the code itself, on the strand

  /** Runs the code to its end. Afterwards there is an outcome, or the strand is to unwind. */
  void run() {
    try {
      outcome = code.run();
    } catch (Unwind e) {
      unwinding = true;
    } catch (Mismatch e) {
      mismatch = e;
    }
    if (mismatch == null && !unwinding) {
      mismatch = recording.endWithCode();
    }
  }

  void throwIfUnwinding() {
    if (unwinding) {
      throw Unwind.INSTANCE;
    }
  }

  /** Reminds code that caught what was to end it. */
  void throwIfOver() {
    throwIfUnwinding();
    if (mismatch != null) {
      throw mismatch;
    }
  }

  void checkThread() {
    throwIfOver();
    if (!site.isOnStrand()) {
      throw new IllegalStateException(
          "workflow '"
              + definition.id()
              + "': its context was used on "
              + Thread.currentThread().getName()
              + "; only the thread that runs the workflow may use it, anything else belongs into an"
              + " activity");
    }
  }

  /** Takes the strand out of the code at its next call of the context. */
  void unwind() {
    unwinding = true;
  }

  boolean isUnwinding() {
    return unwinding;
  }

  @Nullable Outcome outcome() {
    return outcome;
  }

  void end(Outcome outcome) {
    this.outcome = outcome;
  }

  @Nullable Mismatch mismatch() {
    return mismatch;
  }

  // ---- turns

  private void replayNextTurn() {
    checkNothingIsLeft();
    RecordedTurn turn = recording.nextTurn();
    turns++;
    now = turn.time;
    stepsInTurn = 0;
    historyLength += 1 + turn.inputs.size();
    turn.inputs.forEach(inputs::apply);
  }

  private void checkNothingIsLeft() {
    try {
      recording.checkNothingIsLeft(awaited == null ? "its turn" : awaited.label());
    } catch (Mismatch e) {
      mismatch = e;
      throw e;
    }
  }

  /** Begins a turn with what waits in the mailbox; says whether the code has something to do. */
  boolean begin(Collection<Incoming> mailbox, long time) {
    now = Math.max(time, now);
    turns++;
    stepsInTurn = 0;
    draft.beginTurn(now);
    historyLength++;
    boolean any = false;
    for (Incoming incoming : mailbox) {
      draft.consume(incoming);
      Input input = outcome == null ? inputs.admit(incoming.envelope()) : null;
      if (input != null) {
        any = true;
        historyLength++;
        draft.add(input);
        inputs.apply(input);
      }
    }
    boolean run = canRun();
    if (!any && !run) {
      turns--;
      historyLength--;
      draft.undoTurn();
    }
    return run;
  }

  OpenTasks tasks() {
    return tasks;
  }

  /** Says whether the code can go on with nothing but this. */
  boolean waitsOnlyFor(PendingTask<?> task) {
    return awaited == task && limit == null && !inputs.isSuspended();
  }

  InstanceStatus status() {
    if (inputs.isSuspended()) {
      return InstanceStatus.SUSPENDED;
    }
    return isEarly() ? InstanceStatus.PENDING : InstanceStatus.RUNNING;
  }

  /** Ends the instance if its history is too long to go on. */
  void checkHistoryLimit(int storedEvents) {
    if (outcome == null) {
      outcome = rules.tooLong(storedEvents);
    }
  }
}
