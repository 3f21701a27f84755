package dev.inboard.internal.workflow;

import dev.inboard.Transaction;
import dev.inboard.common.InboardException;
import dev.inboard.internal.runtime.LogContext;
import dev.inboard.internal.workflow.HistoryEvent.TaskCompleted;
import dev.inboard.internal.workflow.HistoryEvent.TaskFailed;
import dev.inboard.internal.workflow.Host.Cancellable;
import dev.inboard.internal.workflow.Registry.RegisteredActivity;
import dev.inboard.spi.telemetry.Observation;
import dev.inboard.spi.workflow.JointWorkflowBackendDriver.Step;
import dev.inboard.workflow.Activity;
import dev.inboard.workflow.ActivityContext;
import dev.inboard.workflow.Failure;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * An attempt that runs. Answers once: with a result, with what it threw, or with the end of its
 * time.
 */
final class ActivityRun implements Runnable, ActivityContext {
  private final Activities activities;
  private final ActivityCall call;
  private final BiConsumer<ActivityCall, HistoryEvent.Input> answers;
  private final AtomicBoolean answered = new AtomicBoolean();
  private boolean claimed; // used by the running thread: nobody else answers any more
  private volatile boolean cancelled;
  private volatile long lastBeat;
  private volatile byte @Nullable [] details; // written by the activity
  private long began; // guarded by this
  private @Nullable Thread thread; // guarded by this; null unless the activity's code runs
  private @Nullable Cancellable watch; // guarded by this

  ActivityRun(
      Activities activities,
      ActivityCall call,
      BiConsumer<ActivityCall, HistoryEvent.Input> answers) {
    this.activities = activities;
    this.call = call;
    this.answers = answers;
    this.details = call.details();
  }

  ActivityCall call() {
    return call;
  }

  /** Hands an answer to whoever waits for it. */
  void tell(HistoryEvent.Input answer) {
    answers.accept(call, answer);
  }

  @Override
  public void run() {
    long start = activities.host().nanoTime();
    Observation observation = activities.tracing().attempt(call);
    enter();
    HistoryEvent.Input answer;
    Throwable thrown = null;
    try (LogContext entered = Tracing.enter(call, observation)) {
      answer = new TaskCompleted(call.key().task(), execute());
    } catch (Throwable e) {
      thrown = e;
      answer = failed(failure(e));
    } finally {
      exit();
    }
    if (observation != null) {
      observation.end(outcome(thrown), thrown);
    }
    activities.measured(call.name(), activities.host().nanoTime() - start);
    if (claimed) {
      activities.answered(this, answer);
    } else {
      answer(answer);
    }
  }

  private String outcome(@Nullable Throwable thrown) {
    if (answered.get() && !claimed) {
      return "timeout"; // told already, whatever came after that
    }
    return thrown == null ? "success" : cancelled ? "cancelled" : "failure";
  }

  @SuppressWarnings({"unchecked", "NullAway"}) // the registry knows the input type
  private byte @Nullable [] execute() throws Exception {
    RegisteredActivity registered = activities.find(call.name());
    String label = "activity '" + call.name() + "'";
    Object input =
        activities.payloads().decode(call.input(), registered.inputType(), "input of " + label);
    if (registered.activity() instanceof TransactionalStep<?, ?> step) {
      return inTransaction((TransactionalStep<@Nullable Object, ?>) step, input, label);
    }
    Object output =
        ((Activity<@Nullable Object, @Nullable Object>) registered.activity()).run(this, input);
    return activities.payloads().encode(output, "result of " + label);
  }

  @SuppressWarnings("NullAway") // as above
  private byte @Nullable [] inTransaction(
      TransactionalStep<@Nullable Object, ?> step, @Nullable Object input, String label)
      throws Exception {
    ActivityCall.Key key = call.key();
    return activities
        .transactions(call.name())
        .run(
            new Step(call.workflowId(), key.executionId(), key.generation(), key.task()),
            new StepTransactions.Body() {
              @Override
              public byte @Nullable [] run(Transaction transaction) throws Exception {
                Object output = step.code().run(ActivityRun.this, transaction, input);
                return activities.payloads().encode(output, "result of " + label);
              }

              @Override
              public boolean claim() {
                claimed = claimed || answered.compareAndSet(false, true);
                return claimed;
              }
            });
  }

  private static Failure failure(Throwable thrown) {
    Failure failure = Failures.of(thrown);
    boolean ours = thrown instanceof InboardException e && !e.code().isTransient();
    return ours
        ? new Failure(
            failure.type(), failure.message(), failure.stackTrace(), failure.cause(), false)
        : failure;
  }

  private HistoryEvent.Input failed(Failure failure) {
    return new TaskFailed(call.key().task(), call.attempt(), failure, -1, details);
  }

  private void answer(HistoryEvent.Input answer) {
    if (answered.compareAndSet(false, true)) {
      activities.answered(this, answer);
    }
  }

  private synchronized void enter() {
    thread = Thread.currentThread();
    began = activities.host().now();
    lastBeat = began;
    watch();
  }

  private synchronized void exit() {
    thread = null;
    if (watch != null) {
      watch.cancel();
      watch = null;
    }
    if (cancelled || answered.get()) {
      Thread.interrupted(); // the interrupt was for the activity, not for whoever uses the thread
      // next
    }
  }

  /** Looks again when the next time limit may be over. */
  private synchronized void watch() {
    long now = activities.host().now();
    long limit = limit();
    if (thread == null || limit == Long.MAX_VALUE) {
      return;
    }
    if (limit <= now) {
      answer(failed(Failures.of("Timeout", timeout(now), true)));
      cancel();
      return;
    }
    watch = activities.timers().at(limit, this::watch);
  }

  private long limit() {
    long limit = call.deadline();
    Duration attempt = call.options().attemptTimeout();
    Duration silence = call.options().heartbeatTimeout();
    limit = attempt == null ? limit : Math.min(limit, began + attempt.toMillis());
    return silence == null ? limit : Math.min(limit, lastBeat + silence.toMillis());
  }

  private String timeout(long now) {
    Duration silence = call.options().heartbeatTimeout();
    return silence != null && lastBeat + silence.toMillis() <= now
        ? "no heartbeat for " + silence
        : "not done in time; attempt " + call.attempt();
  }

  /** Tells the activity that its result is not wanted. */
  synchronized void cancel() {
    cancelled = true;
    if (thread != null) {
      thread.interrupt();
    }
  }

  @Override
  public String workflowId() {
    return call.workflowId();
  }

  @Override
  public String name() {
    return call.name();
  }

  @Override
  public int attempt() {
    return call.attempt();
  }

  @Override
  public String idempotencyKey() {
    return call.idempotencyKey();
  }

  @Override
  public void heartbeat() {
    if (cancelled) {
      throw new CancellationException(
          "the result of activity '" + name() + "' is no longer wanted");
    }
    lastBeat = activities.host().now();
  }

  @Override
  public void heartbeat(Object progress) {
    heartbeat();
    details = activities.payloads().encode(progress, "progress of activity '" + name() + "'");
  }

  @Override
  public <T> Optional<T> progress(Class<T> type) {
    Object found =
        activities.payloads().decode(details, type, "progress of activity '" + name() + "'");
    return Optional.ofNullable(type.cast(found));
  }

  @Override
  public boolean isCancelled() {
    return cancelled;
  }
}
