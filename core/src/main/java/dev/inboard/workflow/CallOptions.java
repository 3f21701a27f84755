package dev.inboard.workflow;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How an activity is called.
 *
 * @param retry when it is tried again
 * @param retryHandler asked, besides the policy, whether to try again; or null
 * @param attemptTimeout how long one attempt may run; null: for ever
 * @param timeout how long all attempts and the pauses between them may take; null: for ever
 * @param heartbeatTimeout how long an attempt may be silent; null: for ever
 * @param queue where it waits for whichever node listens; null: the node of the workflow runs it
 * @param priority within the queue: lower numbers first, of equal ones who was called first
 */
public record CallOptions(
    RetryPolicy retry,
    @Nullable RetryHandler retryHandler,
    @Nullable Duration attemptTimeout,
    @Nullable Duration timeout,
    @Nullable Duration heartbeatTimeout,
    @Nullable String queue,
    int priority) {
  /** One attempt, no time limit. */
  public static final CallOptions DEFAULT =
      new CallOptions(RetryPolicy.NONE, null, null, null, null, null, 0);

  /** Tries up to {@code attempts} times, with a pause of 1 s that doubles up to 1 min. */
  public static CallOptions retry(int attempts) {
    return DEFAULT.withRetry(RetryPolicy.exponential(attempts, Duration.ofSeconds(1)));
  }

  /** The same with another retry policy. */
  public CallOptions withRetry(RetryPolicy retry) {
    return new CallOptions(
        retry, retryHandler, attemptTimeout, timeout, heartbeatTimeout, queue, priority);
  }

  /** The same with a retry handler. */
  public CallOptions withRetryHandler(RetryHandler handler) {
    return new CallOptions(
        retry, handler, attemptTimeout, timeout, heartbeatTimeout, queue, priority);
  }

  /** The same with a time limit for each attempt. */
  public CallOptions withAttemptTimeout(@Nullable Duration limit) {
    return new CallOptions(retry, retryHandler, limit, timeout, heartbeatTimeout, queue, priority);
  }

  /** The same with a time limit for everything together. */
  public CallOptions withTimeout(@Nullable Duration limit) {
    return new CallOptions(
        retry, retryHandler, attemptTimeout, limit, heartbeatTimeout, queue, priority);
  }

  /** The same with a limit for the silence of an attempt. */
  public CallOptions withHeartbeatTimeout(@Nullable Duration limit) {
    return new CallOptions(retry, retryHandler, attemptTimeout, timeout, limit, queue, priority);
  }

  /**
   * One attempt, by whichever node listens to the queue. The backend must have queues; else the
   * call fails with {@code UNSUPPORTED}.
   */
  public static CallOptions queue(String name) {
    return DEFAULT.withQueue(name);
  }

  /** The same on a queue; null: on none. */
  public CallOptions withQueue(@Nullable String name) {
    return new CallOptions(
        retry, retryHandler, attemptTimeout, timeout, heartbeatTimeout, name, priority);
  }

  /** The same with another priority within the queue. */
  public CallOptions withPriority(int number) {
    return new CallOptions(
        retry, retryHandler, attemptTimeout, timeout, heartbeatTimeout, queue, number);
  }
}
