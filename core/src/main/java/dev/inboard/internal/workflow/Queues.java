package dev.inboard.internal.workflow;

import dev.inboard.common.ErrorCode;
import dev.inboard.common.InboardException;
import dev.inboard.internal.workflow.Host.Cancellable;
import dev.inboard.spi.Feature;
import dev.inboard.spi.workflow.ClaimedTask;
import dev.inboard.spi.workflow.Message;
import dev.inboard.spi.workflow.QueueState;
import dev.inboard.spi.workflow.QueuedTask;
import dev.inboard.spi.workflow.TaskClaim;
import dev.inboard.spi.workflow.TaskQueueWorkflowBackendDriver;
import dev.inboard.spi.workflow.WorkflowBackendDriver;
import dev.inboard.workflow.QueueOptions;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.jspecify.annotations.Nullable;

/**
 * The queues that this node listens to and the tasks it has claimed: runs them, keeps the claims,
 * and sends the results to the instances, wherever those are.
 */
@SuppressWarnings("FutureReturnValueIgnored") // what is attached deals with failures itself
final class Queues {
  private static final long BEFORE_NEXT_TRY = 200;

  private final Engine engine;
  private final Map<String, QueueListener> listeners = new LinkedHashMap<>();
  private final ConcurrentMap<TaskClaim, Held> held = new ConcurrentHashMap<>();
  private final Map<String, Long> unheard = new HashMap<>(); // activities; guarded by this
  private boolean watching; // guarded by this
  private boolean stopped; // guarded by this
  private @Nullable Cancellable nextRenewal; // guarded by this
  private @Nullable Cancellable nextLook; // guarded by this

  /**
   * A task that is this node's, or was: one that is lost keeps its place until its code has ended.
   */
  private record Held(QueueListener listener, ActivityCall call, boolean lost) {
    Held asLost() {
      return new Held(listener, call, true);
    }
  }

  Queues(Engine engine, Map<String, QueueOptions> listened) {
    this.engine = engine;
    listened.forEach(
        (name, options) -> listeners.put(name, new QueueListener(engine, this, name, options)));
  }

  boolean isSupported() {
    WorkflowBackendDriver driver = engine.driver();
    return driver instanceof TaskQueueWorkflowBackendDriver
        && driver.features().contains(Feature.TASK_QUEUES);
  }

  TaskQueueWorkflowBackendDriver driver() {
    return (TaskQueueWorkflowBackendDriver) engine.driver();
  }

  /** Says that this backend has no queues. */
  InboardException unsupported(String operation) {
    return new InboardException(
        ErrorCode.UNSUPPORTED,
        engine.label(),
        operation,
        "this backend has no queues; use workflowbackend.postgresql, workflowbackend.sqlite or"
            + " workflowbackend.in-memory, or call the activity without a queue");
  }

  // ---- life

  void start() {
    if (listeners.isEmpty()) {
      return;
    }
    if (!isSupported()) {
      throw unsupported("listen to queues " + listeners.keySet());
    }
    renew();
    watch();
    listeners.values().forEach(QueueListener::soon);
  }

  /**
   * Claims nothing more, and gives back what has not begun.
   *
   * @param dropped attempts that will not begin any more
   */
  void drain(Set<ActivityCall.Key> dropped) {
    stop();
    Set<TaskClaim> waiting = new HashSet<>();
    held.forEach(
        (claim, task) -> {
          if (dropped.contains(task.call.key())) {
            waiting.add(claim);
          }
        });
    release(waiting);
  }

  private void stop() {
    synchronized (this) {
      stopped = true;
      if (nextLook != null) {
        nextLook.cancel();
      }
    }
    listeners.values().forEach(QueueListener::stop);
  }

  boolean isIdle() {
    return held.isEmpty();
  }

  void close() {
    stop();
    synchronized (this) {
      if (nextRenewal != null) {
        nextRenewal.cancel();
      }
    }
    held.clear(); // whoever leaves the backend gives back what it has claimed
  }

  // ---- hints

  /** Tasks of a turn of this node are stored. */
  void queued(List<QueuedTask> tasks) {
    if (tasks.isEmpty()) {
      return;
    }
    watch();
    tasks.stream().map(QueuedTask::queue).distinct().forEach(this::hint);
  }

  void hint(String queue) {
    QueueListener listener = listeners.get(queue);
    if (listener != null) {
      listener.soon();
    }
  }

  // ---- tasks

  /** Begins to work on a task; false when this release cannot read it. */
  boolean begin(QueueListener listener, ClaimedTask task) {
    ActivityCall call;
    try {
      call = QueuedActivity.decode(task.payload(), task.claim().epoch());
    } catch (IllegalArgumentException e) {
      engine.troubled("read task", String.valueOf(task.claim().number()), e);
      listener.letGo();
      giveBack(List.of(task));
      return false;
    }
    held.put(task.claim(), new Held(listener, call, false));
    if (task.recoveries() > engine.options().maxRecoveries()) {
      String reason = "%d nodes that ran it died or lost it".formatted(task.recoveries());
      answered(task.claim(), call, failed(call, "TakenOver", reason));
    } else if (call.deadline() <= engine.host().now()) {
      answered(task.claim(), call, failed(call, "Timeout", "not done in time; it waited too long"));
    } else if (!engine.activities().run(call, answer -> answered(task.claim(), call, answer))) {
      release(Set.of(task.claim()));
    }
    return true;
  }

  private static HistoryEvent.TaskFailed failed(ActivityCall call, String type, String reason) {
    return new HistoryEvent.TaskFailed(
        call.key().task(), call.attempt(), Failures.of(type, reason, true), -1, call.details());
  }

  private void answered(TaskClaim claim, ActivityCall call, HistoryEvent.Input answer) {
    ActivityCall.Key key = call.key();
    Envelope envelope = new Envelope(key.executionId(), key.generation(), "", answer);
    String messageId = call.idempotencyKey() + "/" + key.attempt();
    complete(claim, new Message(call.workflowId(), messageId, envelope.encode()));
  }

  /** Stores a result; tries until that is done or the claim is lost. */
  private void complete(TaskClaim claim, Message result) {
    Held task = held.get(claim);
    if (engine.isClosed() || task == null) {
      return;
    }
    if (task.lost) {
      forget(claim);
      return;
    }
    engine
        .call(driver().completeTask(claim, result))
        .whenComplete(
            (valid, error) -> {
              if (error == null) {
                forget(claim);
                if (valid) {
                  engine.instances().delivered(result.target());
                }
              } else if (error instanceof InboardException e && !e.code().isTransient()) {
                engine.troubled("store a result for", result.target(), error);
                forget(claim); // others try their luck when the claim has run out
              } else {
                engine.troubled("store a result for", result.target(), error);
                engine.host().schedule(BEFORE_NEXT_TRY, () -> complete(claim, result));
              }
            });
  }

  private void forget(TaskClaim claim) {
    Held task = held.remove(claim);
    if (task != null) {
      task.listener.done();
    }
  }

  void giveBack(List<ClaimedTask> tasks) {
    Set<TaskClaim> claims = new HashSet<>();
    tasks.forEach(task -> claims.add(task.claim()));
    release(claims);
  }

  private void release(Set<TaskClaim> claims) {
    claims.forEach(held::remove);
    if (!claims.isEmpty()) {
      engine
          .call(driver().releaseTasks(claims))
          .whenComplete(
              (done, error) -> {
                if (error != null) {
                  engine.troubled("give back tasks", engine.node().id(), error);
                }
              });
    }
  }

  // ---- claims

  /** Says that this node lives, and finds out what it has lost. */
  private void renew() {
    Set<TaskClaim> claims = new HashSet<>();
    held.forEach(
        (claim, task) -> {
          if (!task.lost) {
            claims.add(claim);
          }
        });
    engine
        .call(driver().renewTasks(engine.node(), listeners.keySet(), claims))
        .whenComplete(
            (valid, error) -> {
              if (error != null) {
                engine.troubled("renew tasks", engine.node().id(), error);
              } else {
                claims.stream().filter(claim -> !valid.contains(claim)).forEach(this::lost);
              }
              synchronized (this) {
                if (!engine.isClosed()) {
                  nextRenewal = engine.host().schedule(lease() / 3, this::renew);
                }
              }
            });
  }

  /** The instance does not want the result any more, or somebody else has the task. */
  private void lost(TaskClaim claim) {
    Held task = held.computeIfPresent(claim, (any, found) -> found.asLost());
    if (task != null && engine.activities().cancel(task.call.key())) {
      forget(claim);
    }
  }

  private long lease() {
    return Math.max(3, engine.options().lease().toMillis());
  }

  // ---- queues nobody listens to

  private void watch() {
    synchronized (this) {
      if (watching || stopped) {
        return;
      }
      watching = true;
    }
    lookLater();
  }

  private void lookLater() {
    synchronized (this) {
      if (!stopped) {
        nextLook = engine.host().schedule(2 * lease(), this::look);
      }
    }
  }

  private void look() {
    engine
        .call(driver().queues())
        .whenComplete(
            (states, error) -> {
              if (error != null) {
                engine.troubled("look at the queues", engine.node().id(), error);
              } else {
                seen(states);
              }
              lookLater();
            });
  }

  /** Reports each queue that has waited for more than a lease without a listener, once. */
  private void seen(List<QueueState> states) {
    Map<String, Long> now = new HashMap<>();
    for (QueueState state : states) {
      if (!state.listened()
          && state.waiting() > 0
          && state.oldest().compareTo(Duration.ofMillis(lease())) > 0) {
        now.put(state.queue(), state.waiting());
        if (isNew(state.queue())) {
          engine.reports().unheard(state);
        }
      }
    }
    synchronized (this) {
      unheard.clear();
      unheard.putAll(now);
    }
  }

  private synchronized boolean isNew(String queue) {
    return !unheard.containsKey(queue);
  }

  /** Returns how many activities wait where nobody listens, as of the last look. */
  synchronized long unheardNow() {
    return unheard.values().stream().mapToLong(Long::longValue).sum();
  }
}
