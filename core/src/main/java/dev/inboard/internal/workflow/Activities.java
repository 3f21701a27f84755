package dev.inboard.internal.workflow;

import dev.inboard.common.ErrorCode;
import dev.inboard.common.InboardException;
import dev.inboard.internal.workflow.Registry.RegisteredActivity;
import dev.inboard.spi.workflow.InstanceDefinition;
import dev.inboard.workflow.WorkflowOptions;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Runs activities, each request once at a time, as many as the limits allow.
 *
 * <p>An attempt whose time is over gives its place back at once, even if its code does not stop.
 */
final class Activities {
  /**
   * Activities that take longer than this, in nanoseconds, are not run on the strand that waits for
   * them.
   */
  private static final long SLOW = 1_000_000;

  private final Engine engine;
  private final int limit;
  private final Map<String, Integer> limits;
  private final BiConsumer<ActivityCall, HistoryEvent.Input> toInstance;
  private final ConcurrentMap<ActivityCall.Key, ActivityRun> running = new ConcurrentHashMap<>();
  private final ConcurrentMap<String, Long> durations = new ConcurrentHashMap<>();
  private final Deque<ActivityRun> waiting = new ArrayDeque<>(); // guarded by this
  private final Map<String, Integer> runningByName = new HashMap<>(); // guarded by this
  private int runningNow; // guarded by this
  private boolean closed; // guarded by this

  Activities(Engine engine, WorkflowOptions options) {
    this.engine = engine;
    this.limit =
        options.maxActivities() > 0 ? options.maxActivities() : engine.host().maxActivities();
    this.limits = options.activityLimits();
    this.toInstance =
        (call, answer) -> engine.instances().answer(call.workflowId(), call.answer(answer));
  }

  /** Runs an attempt as soon as the limits allow, unless the request is being served already. */
  void run(ActivityCall call) {
    run(new ActivityRun(this, call, toInstance));
  }

  /**
   * The same for a task of a queue, whose answer goes elsewhere.
   *
   * @return false when nothing more begins here
   */
  boolean run(ActivityCall call, Consumer<HistoryEvent.Input> answers) {
    return run(new ActivityRun(this, call, (answered, answer) -> answers.accept(answer)));
  }

  private boolean run(ActivityRun run) {
    if (running.putIfAbsent(run.call().key(), run) != null) {
      return true;
    }
    boolean now;
    boolean taken;
    synchronized (this) {
      now = admit(run);
      taken = now || waitInLine(run);
    }
    if (now) {
      engine.host().activities().execute(run);
    }
    return taken;
  }

  /**
   * Returns an attempt for the caller to run right now; null when it must wait or is being served.
   */
  @Nullable Runnable take(ActivityCall call) {
    ActivityRun run = new ActivityRun(this, call, toInstance);
    if (running.putIfAbsent(call.key(), run) != null) {
      return null;
    }
    synchronized (this) {
      if (admit(run)) {
        return run;
      }
      waitInLine(run);
      return null;
    }
  }

  private boolean waitInLine(ActivityRun run) { // holds the lock
    if (closed) {
      running.remove(run.call().key(), run);
      return false;
    }
    return waiting.add(run);
  }

  private boolean admit(ActivityRun run) { // holds the lock
    String name = run.name();
    Integer byName = limits.get(name);
    if (closed
        || runningNow >= limit
        || (byName != null && runningByName.getOrDefault(name, 0) >= byName)) {
      return false;
    }
    runningNow++;
    if (byName != null) {
      runningByName.merge(name, 1, Integer::sum);
    }
    return true;
  }

  /** Takes the answer of an attempt, and lets the next ones begin. */
  void answered(ActivityRun run, HistoryEvent.Input answer) {
    engine.handOn(() -> handOn(run, answer));
  }

  private void handOn(ActivityRun run, HistoryEvent.Input answer) {
    running.remove(run.call().key(), run);
    List<ActivityRun> next = new ArrayList<>();
    synchronized (this) {
      runningNow--;
      if (limits.containsKey(run.name())) {
        runningByName.merge(run.name(), -1, Integer::sum);
      }
      if (!waiting.isEmpty()) {
        waiting.removeIf(
            candidate -> {
              boolean admitted = admit(candidate);
              if (admitted) {
                next.add(candidate);
              }
              return admitted;
            });
      }
    }
    next.forEach(engine.host().activities()::execute);
    run.tell(answer);
  }

  /**
   * Tells what an instance's generation has under way that nobody waits for the results any more.
   */
  void cancel(InstanceDefinition instance, Execution execution) {
    for (PendingTask<?> task : execution.tasks().all()) {
      if (task instanceof ActivityTask<?> activity) {
        cancel(
            new ActivityCall.Key(
                instance.executionId(), execution.generation(), task.number, activity.attempt()));
      }
    }
  }

  /**
   * Tells an attempt, if it is under way, that nobody waits for its result any more.
   *
   * @return true when it had not begun, and so will have no answer
   */
  boolean cancel(ActivityCall.Key key) {
    ActivityRun run = running.get(key);
    if (run == null) {
      return false;
    }
    if (dropWaiting(run)) {
      return true;
    }
    run.cancel();
    return false;
  }

  private boolean dropWaiting(ActivityRun run) {
    boolean dropped;
    synchronized (this) {
      dropped = waiting.remove(run);
    }
    if (dropped) {
      running.remove(run.call().key(), run);
    }
    return dropped;
  }

  RegisteredActivity find(String name) {
    RegisteredActivity found = engine.rules().registry().activity(name);
    if (found == null) {
      throw new InboardException(
          ErrorCode.NOT_FOUND,
          engine.label(),
          "run activity '" + name + "'",
          "no such activity is registered; registered are "
              + engine.rules().registry().activityNames());
    }
    return found;
  }

  /** Keeps a sliding average of how long an activity takes. */
  void measured(String name, long nanos) {
    Long before = durations.get(name);
    long average = before == null ? nanos : before + (nanos - before) / 8;
    if (before == null || average != before) {
      durations.put(name, average);
    }
  }

  /** Says whether an activity takes long enough to be worth a thread of its own, or might. */
  boolean isSlow(String name) {
    Long average = durations.get(name);
    return average == null || average > SLOW;
  }

  boolean isIdle() {
    return running.isEmpty();
  }

  /** Begins no more attempts; those under way go on. Returns those that will not begin any more. */
  synchronized Set<ActivityCall.Key> close() {
    closed = true;
    Set<ActivityCall.Key> dropped = new HashSet<>();
    for (ActivityRun run : waiting) {
      running.remove(run.call().key(), run);
      dropped.add(run.call().key());
    }
    waiting.clear();
    return dropped;
  }

  void cancelAll() {
    running.values().forEach(ActivityRun::cancel);
  }

  synchronized int runningNow() {
    return runningNow;
  }

  synchronized int waitingNow() {
    return waiting.size();
  }

  Tracing tracing() {
    return engine.tracing();
  }

  Payloads payloads() {
    return engine.rules().payloads();
  }

  /** Returns what runs steps in transactions. */
  StepTransactions transactions(String name) {
    StepTransactions found = engine.transactions();
    if (found == null) {
      throw new InboardException(
          ErrorCode.UNSUPPORTED,
          engine.label(),
          "run activity '" + name + "'",
          "there are no transactions here; register it as an activity without one");
    }
    return found;
  }

  Host host() {
    return engine.host();
  }

  TimerHeap timers() {
    return engine.timers();
  }
}
