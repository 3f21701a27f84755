package dev.inboard.internal.workflow;

import dev.inboard.workflow.Failure;
import dev.inboard.workflow.RetryPolicy;
import java.lang.reflect.Type;
import org.jspecify.annotations.Nullable;

/** A child workflow that was asked for. */
final class ChildTask<T extends @Nullable Object> extends PendingTask<T> {
  final String name;
  final String version;
  final byte @Nullable [] input;
  private final String baseId;
  private final RetryPolicy retry;
  private int attempt = 1;
  private long retryAt = -1;

  ChildTask(
      Execution execution,
      int number,
      String name,
      String version,
      String id,
      byte @Nullable [] input,
      RetryPolicy retry,
      Type type) {
    super(execution, number, "child '" + name + "'", type);
    this.name = name;
    this.version = version;
    this.baseId = id;
    this.input = input;
    this.retry = retry;
  }

  /** Returns the id of the current attempt's instance. */
  String childId() {
    return attempt == 1 ? baseId : baseId + "~" + attempt;
  }

  int attempt() {
    return attempt;
  }

  /** Returns when the next attempt begins; -1 while one runs. */
  long retryAt() {
    return retryAt;
  }

  long retryAt(Failure failure, long now) {
    boolean again = failure.retryable() && attempt < retry.maxAttempts();
    return again ? now + retry.delayAfter(attempt).toMillis() : -1;
  }

  void pauseUntil(long time) {
    retryAt = time;
  }

  void retry() {
    attempt++;
    retryAt = -1;
  }
}
