package dev.inboard.internal.workflow;

import dev.inboard.common.InboardException;
import dev.inboard.internal.workflow.HistoryEvent.CancelRequested;
import dev.inboard.internal.workflow.HistoryEvent.ChildRetried;
import dev.inboard.internal.workflow.HistoryEvent.EventRaised;
import dev.inboard.internal.workflow.HistoryEvent.Input;
import dev.inboard.internal.workflow.HistoryEvent.Request;
import dev.inboard.internal.workflow.HistoryEvent.Resumed;
import dev.inboard.internal.workflow.HistoryEvent.Suspended;
import dev.inboard.internal.workflow.HistoryEvent.TakenOver;
import dev.inboard.internal.workflow.HistoryEvent.TaskCompleted;
import dev.inboard.internal.workflow.HistoryEvent.TaskFailed;
import dev.inboard.internal.workflow.HistoryEvent.Terminated;
import dev.inboard.internal.workflow.HistoryEvent.TimerFired;
import dev.inboard.internal.workflow.Registry.RegisteredWorkflow;
import dev.inboard.spi.workflow.InstanceDefinition;
import dev.inboard.spi.workflow.InstanceStatus;
import dev.inboard.spi.workflow.Progress;
import dev.inboard.workflow.Workflow;
import dev.inboard.workflow.WorkflowCancelledException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One generation of an instance in memory: its tasks, its flags, and how far its code has come.
 *
 * <p>Everything here is a function of the inputs and where turns begin, so that replay reaches the
 * same state. Used by one runner at a time: the strand while code runs, else whoever applies
 * inputs.
 */
final class Execution {
  /** How many message ids of the past are remembered to recognize a repetition. */
  private static final int REMEMBERED_MESSAGES = 1_000;

  private final Site site;
  private final InstanceDefinition definition;
  private final int generation;
  private final RegisteredWorkflow workflow;
  private final Rules rules;

  private final Map<Integer, PendingTask<?>> tasks = new LinkedHashMap<>();
  private final EventQueue events = new EventQueue();
  private final Set<String> messageIds = new LinkedHashSet<>();
  private final Deque<Runnable> compensations = new ArrayDeque<>();
  private int nextTask;
  private long settled;
  private long turns;
  private long now;
  private int historyLength;
  private int stepsInTurn;
  private boolean suspended;
  private boolean cancelPending;
  private @Nullable String cancelReason;
  private byte @Nullable [] customStatus;
  private @Nullable Outcome outcome;

  private final Deque<RecordedTurn> recorded;
  private @Nullable RecordedTurn replayed;
  private boolean replaying;
  private @Nullable Mismatch mismatch;
  private volatile boolean unwinding; // set by whoever drops the instance

  private @Nullable Settled awaited;
  private @Nullable TimerTask limit;
  private long boundary;

  /** What the current turn will commit. */
  private final TurnDraft draft = new TurnDraft();

  /** What is the same for all executions of an engine. */
  record Rules(Registry registry, Payloads payloads, int maxHistory) {}

  /** What an execution needs from the instance around it. */
  interface Site {
    /**
     * Commits what the turn did so far, then parks until the code can go on. On the strand only.
     */
    void pause(Execution execution);

    /** Returns whether the caller runs on the instance's strand. */
    boolean isOnStrand();

    /** Returns the tags of an instance that the code starts. */
    default Map<String, String> tagsOfStarted(String workflow, boolean child) {
      return Map.of();
    }
  }

  Execution(
      Site site,
      InstanceDefinition definition,
      Progress progress,
      RegisteredWorkflow workflow,
      Rules rules,
      List<byte[]> history) {
    this.site = site;
    this.definition = definition;
    this.generation = progress.generation();
    this.workflow = workflow;
    this.rules = rules;
    this.recorded = RecordedTurn.read(history);
    this.replaying = !recorded.isEmpty();
    this.boundary = generation > 1 ? 2 : 1;
    this.customStatus = replaying || generation > 1 ? progress.customStatus() : null;
  }

  /** A generation that takes over from its predecessor, whose last turn told it so. */
  static Execution continued(
      Execution before, InstanceDefinition definition, Progress progress, byte[] history) {
    Execution next =
        new Execution(
            before.site, definition, progress, before.workflow, before.rules, List.of(history));
    next.replayNextTurn();
    next.replaying = false;
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
    reopen();
    return replaying;
  }

  int historyLength() {
    return historyLength;
  }

  boolean isHistoryLong() {
    return historyLength >= rules.maxHistory() / 4;
  }

  boolean isCancelRequested() {
    return cancelReason != null;
  }

  Deque<Runnable> compensations() {
    return compensations;
  }

  EventQueue events() {
    return events;
  }

  TurnDraft draft() {
    return draft;
  }

  long settled() {
    return settled;
  }

  void customStatus(byte @Nullable [] status) {
    checkThread();
    if (!replaying) {
      draft.touch();
    }
    customStatus = status;
  }

  byte @Nullable [] customStatus() {
    return customStatus;
  }

  int nextTask() {
    checkThread();
    return nextTask++;
  }

  void add(PendingTask<?> task) {
    tasks.put(task.number, task);
    draft.begin(task);
  }

  void forget(PendingTask<?> task) {
    tasks.remove(task.number);
  }

  /**
   * Records a request, or finds it in the history.
   *
   * @return what the history holds, when replaying; else the request itself
   */
  Request request(Request request) {
    checkThread();
    historyLength++;
    reopen();
    if (!replaying) {
      Request made = replayed == null ? request : replayed.replaced(request);
      draft.add(made);
      return made;
    }
    Request expected = replayed == null ? null : replayed.next();
    if (expected == null || !Requests.match(expected, request)) {
      throw stall(Requests.difference(expected, request));
    }
    return expected;
  }

  /** Goes on live in the middle of the last turn of a rerun, where its request was cut off. */
  private void reopen() {
    if (replaying && recorded.isEmpty() && replayed != null && replayed.isOpen()) {
      replaying = false;
    }
  }

  /** Returns the next request of the history while replaying, or null. */
  @Nullable Request expected() {
    return replayed == null || !replaying ? null : replayed.peek();
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
      throwIfCancelled();
      return task.isSettled();
    }
    TimerTask timer = timer(now + timeout.toMillis());
    try {
      waitFor(task, timer);
    } finally {
      forget(timer);
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

  private void waitFor(@Nullable Settled task, @Nullable TimerTask timer) {
    awaited = task;
    limit = timer;
    try {
      throwIfCancelled();
      while (!canRun()) {
        if (replaying && !recorded.isEmpty()) {
          replayNextTurn();
        } else {
          checkNothingIsLeft();
          replaying = false;
          site.pause(this);
          throwIfUnwinding();
        }
      }
      throwIfCancelled();
    } finally {
      awaited = null;
      limit = null;
    }
  }

  private void throwIfCancelled() {
    if (cancelPending && cancelReason != null && !suspended) {
      cancelPending = false;
      throw new WorkflowCancelledException(cancelReason);
    }
  }

  /** Says whether the code has something to do. */
  boolean canRun() {
    if (suspended || outcome != null || turns < boundary) {
      return false;
    }
    return cancelPending
        || awaited == null
        || awaited.isSettled()
        || (limit != null && limit.isSettled());
  }

  /** Says whether the code waits for nothing but the end of a turn. */
  boolean wantsTurn() {
    return outcome == null && !suspended && awaited == null && turns < boundary;
  }

  /** Says what the code waits for, for people. */
  String waitingFor() {
    return suspended ? "resume" : awaited == null ? "" : awaited.label();
  }

  // ---- the code itself, on the strand

  /** Runs the code to its end. Afterwards there is an outcome, or the strand is to unwind. */
  void run() {
    try {
      waitFor(null, null);
      outcome = runCode();
    } catch (Unwind e) {
      unwinding = true;
    } catch (Mismatch e) {
      mismatch = e;
    }
    if (mismatch == null && !unwinding && replaying) {
      mismatch = leftover("ends");
      replaying = false;
    }
  }

  private @Nullable Outcome runCode() {
    try {
      return Outcome.completed(invoke());
    } catch (ContinueAsNew e) {
      return new Outcome.Continued(e.input);
    } catch (Unwind | Mismatch e) {
      throw e;
    } catch (Throwable e) {
      throwIfUnwinding();
      compensate();
      InstanceStatus status =
          e instanceof WorkflowCancelledException
              ? InstanceStatus.CANCELLED
              : InstanceStatus.FAILED;
      return Outcome.failed(status, Failures.of(e));
    }
  }

  @SuppressWarnings({"unchecked", "NullAway"}) // the registry knows the input type
  private byte @Nullable [] invoke() throws Exception {
    Workflow<@Nullable Object, @Nullable Object> code =
        (Workflow<@Nullable Object, @Nullable Object>) workflow.factory().call();
    String label = "workflow '" + workflow.name() + "'";
    Object input = payloads().decode(definition.input(), workflow.inputType(), "input of " + label);
    Object output = code.run(new Context(this), input);
    throwIfUnwinding();
    if (mismatch != null) {
      throw mismatch;
    }
    return payloads().encode(output, "result of " + label);
  }

  private void compensate() {
    while (!compensations.isEmpty()) {
      try {
        compensations.pop().run();
      } catch (RuntimeException e) {
        Context.LOG.warn("a compensation of workflow '{}' failed", definition.id(), e);
      }
    }
  }

  private void throwIfUnwinding() {
    if (unwinding) {
      throw Unwind.INSTANCE;
    }
  }

  void checkThread() {
    throwIfUnwinding();
    if (mismatch != null) {
      throw mismatch;
    }
    if (!site.isOnStrand()) {
      throw new IllegalStateException(
          "workflow '"
              + definition.id()
              + "': its context was used on "
              + Thread.currentThread().getName()
              + "; only the thread that runs the workflow may use it, anything else belongs into an activity");
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
    RecordedTurn turn = recorded.remove();
    replayed = turn;
    turns++;
    now = turn.time;
    stepsInTurn = 0;
    historyLength += 1 + turn.inputs.size();
    turn.inputs.forEach(this::apply);
  }

  private void checkNothingIsLeft() {
    if (replaying) {
      Mismatch left = leftover("waits for " + (awaited == null ? "its turn" : awaited.label()));
      if (left != null) {
        mismatch = left;
        throw left;
      }
    }
  }

  private @Nullable Mismatch leftover(String instead) {
    Request left = replayed == null ? null : replayed.peek();
    if (left == null && instead.equals("ends") && !recorded.isEmpty()) {
      return new Mismatch("the history goes on, but the code ends");
    }
    return left == null
        ? null
        : new Mismatch(
            "the history goes on with " + Requests.describe(left) + ", but the code " + instead);
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
      Input input = outcome == null ? admit(incoming.envelope()) : null;
      if (input != null) {
        any = true;
        historyLength++;
        draft.add(input);
        apply(input);
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

  /** Returns the input to record, or null when it has no meaning here (any more). */
  private @Nullable Input admit(Envelope envelope) {
    if (!envelope.isFor(definition.executionId(), generation)) {
      return null;
    }
    Input input = envelope.event();
    if (input instanceof EventRaised raised) {
      return messageIds.contains(raised.messageId()) ? null : input;
    } else if (input instanceof Suspended) {
      return suspended ? null : input;
    } else if (input instanceof Resumed) {
      return suspended ? input : null;
    } else if (input instanceof CancelRequested) {
      return cancelReason == null ? input : null;
    } else if (input instanceof Terminated) {
      return input;
    }
    PendingTask<?> task = tasks.get(input.task());
    return task == null ? null : Answers.admit(task, envelope, now);
  }

  private void apply(Input input) {
    if (input instanceof TaskCompleted completed) {
      settle(completed.task()).complete(completed.result(), ++settled);
    } else if (input instanceof TaskFailed failed) {
      failed(failed);
    } else if (input instanceof TimerFired fired) {
      PendingTask<?> timer = settle(fired.task());
      timer.complete(null, ++settled);
      if (!replaying && timer instanceof TimerTask due) {
        draft.fired(due);
      }
    } else if (input instanceof EventRaised raised) {
      remember(raised.messageId());
      events.raised(raised, ++settled);
    } else if (input instanceof TakenOver takenOver) {
      takenOver.messageIds().forEach(this::remember);
      takenOver.events().forEach(event -> events.raised(event, ++settled));
    } else if (input instanceof ChildRetried retried) {
      ChildTask<?> child = (ChildTask<?>) task(retried.task());
      child.retry();
      if (!replaying) {
        draft.start(Requests.child(this, child));
      }
    } else if (input instanceof Suspended) {
      suspended = true;
    } else if (input instanceof Resumed) {
      suspended = false;
    } else if (input instanceof CancelRequested cancel) {
      cancelReason = cancel.reason();
      cancelPending = true;
    } else if (input instanceof Terminated terminated) {
      outcome =
          Outcome.failed(
              InstanceStatus.TERMINATED, Failures.of("Terminated", terminated.reason(), false));
    }
  }

  private void failed(TaskFailed failed) {
    if (failed.retryAt() < 0) {
      settle(failed.task()).fail(failed.failure(), ++settled);
      return;
    }
    PendingTask<?> task = task(failed.task());
    if (task instanceof ActivityTask<?> activity) {
      activity.retry(failed.retryAt(), failed.details());
    } else if (task instanceof ChildTask<?> child) {
      child.pauseUntil(failed.retryAt());
    }
    draft.begin(task);
  }

  private PendingTask<?> settle(int number) {
    PendingTask<?> task = task(number);
    tasks.remove(number);
    return task;
  }

  private PendingTask<?> task(int number) {
    PendingTask<?> task = tasks.get(number);
    if (task == null) {
      throw stall(
          "the history holds an answer to request " + number + ", which the code has not made");
    }
    return task;
  }

  private void remember(String messageId) {
    messageIds.add(messageId);
    if (messageIds.size() > REMEMBERED_MESSAGES) {
      messageIds.remove(messageIds.iterator().next());
    }
  }

  /** Returns what the next generation takes over. */
  TakenOver takeOver() {
    return new TakenOver(events.untaken(), List.copyOf(messageIds));
  }

  boolean isPending(PendingTask<?> task) {
    return tasks.get(task.number) == task;
  }

  Collection<PendingTask<?>> tasks() {
    return tasks.values();
  }

  boolean hasTask(int number) {
    return tasks.containsKey(number);
  }

  boolean hasActivity() {
    for (PendingTask<?> task : tasks.values()) {
      if (task instanceof ActivityTask) {
        return true;
      }
    }
    return false;
  }

  /** Says whether the code can go on with nothing but this. */
  boolean waitsOnlyFor(PendingTask<?> task) {
    return awaited == task && limit == null && !suspended;
  }

  InstanceStatus status() {
    return suspended ? InstanceStatus.SUSPENDED : InstanceStatus.RUNNING;
  }

  /** Ends the instance because its history is too long to go on. */
  void checkHistoryLimit(int storedEvents) {
    if (outcome == null && storedEvents > rules.maxHistory()) {
      end(
          Outcome.failed(
              InstanceStatus.FAILED,
              Failures.of(
                  InboardException.class.getName(),
                  "its history has "
                      + storedEvents
                      + " events, but the limit is "
                      + rules.maxHistory()
                      + "; use continueAsNew before that",
                  false)));
    }
  }
}
