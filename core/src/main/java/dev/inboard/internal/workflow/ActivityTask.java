package dev.inboard.internal.workflow;

import dev.inboard.workflow.CallOptions;
import dev.inboard.workflow.Failure;
import dev.inboard.workflow.RetryPolicy;
import java.lang.reflect.Type;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** An activity that was asked for. */
final class ActivityTask<T extends @Nullable Object> extends PendingTask<T> {
  final String name;
  final byte @Nullable [] input;
  final CallOptions options;
  private final long scheduledAt;
  private int attempt = 1;
  private long notBefore;
  private byte @Nullable [] details;

  ActivityTask(
      Execution execution,
      int number,
      String name,
      byte @Nullable [] input,
      CallOptions options,
      Type type,
      long scheduledAt) {
    super(execution, number, "activity '" + name + "'", type);
    this.name = name;
    this.input = input;
    this.options = options;
    this.scheduledAt = scheduledAt;
    this.notBefore = scheduledAt;
  }

  int attempt() {
    return attempt;
  }

  /** Says whether it waits in a queue for whichever node listens. */
  boolean isQueued() {
    return options.queue() != null;
  }

  /** Returns when the current attempt may begin. */
  long notBefore() {
    return notBefore;
  }

  /** Returns when everything must be over; {@link Long#MAX_VALUE} when it need not. */
  long deadline() {
    Duration timeout = options.timeout();
    return timeout == null ? Long.MAX_VALUE : scheduledAt + timeout.toMillis();
  }

  /** Makes the end of a queued one whose time is over, wherever it is. */
  HistoryEvent.TaskFailed timedOut() {
    return new HistoryEvent.TaskFailed(
        number, attempt, Failures.of("Timeout", "not done in time; attempt " + attempt, true), -1);
  }

  /** Decides when the next attempt begins after this failure; -1 when there is none. */
  long retryAt(Failure failure, long now) {
    RetryPolicy retry = options.retry();
    if (!failure.retryable() || attempt >= retry.maxAttempts()) {
      return -1;
    }
    long at = now + retry.delayAfter(attempt).toMillis();
    boolean wanted =
        options.retryHandler() == null || options.retryHandler().shouldRetry(failure, attempt);
    return wanted && at < deadline() ? at : -1;
  }

  /** Returns what the last heartbeat of the attempt before said. */
  byte @Nullable [] details() {
    return details;
  }

  void retry(long at, byte @Nullable [] lastDetails) {
    attempt++;
    notBefore = at;
    details = lastDetails;
  }
}
