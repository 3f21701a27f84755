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
 */
public record CallOptions(
    RetryPolicy retry,
    @Nullable RetryHandler retryHandler,
    @Nullable Duration attemptTimeout,
    @Nullable Duration timeout,
    @Nullable Duration heartbeatTimeout) {
  /** One attempt, no time limit. */
  public static final CallOptions DEFAULT =
      new CallOptions(RetryPolicy.NONE, null, null, null, null);

  /** Tries up to {@code attempts} times, with a pause of 1 s that doubles up to 1 min. */
  public static CallOptions retry(int attempts) {
    return DEFAULT.withRetry(RetryPolicy.exponential(attempts, Duration.ofSeconds(1)));
  }

  /** The same with another retry policy. */
  public CallOptions withRetry(RetryPolicy retry) {
    return new CallOptions(retry, retryHandler, attemptTimeout, timeout, heartbeatTimeout);
  }

  /** The same with a retry handler. */
  public CallOptions withRetryHandler(RetryHandler handler) {
    return new CallOptions(retry, handler, attemptTimeout, timeout, heartbeatTimeout);
  }

  /** The same with a time limit for each attempt. */
  public CallOptions withAttemptTimeout(Duration limit) {
    return new CallOptions(retry, retryHandler, limit, timeout, heartbeatTimeout);
  }

  /** The same with a time limit for everything together. */
  public CallOptions withTimeout(Duration limit) {
    return new CallOptions(retry, retryHandler, attemptTimeout, limit, heartbeatTimeout);
  }

  /** The same with a limit for the silence of an attempt. */
  public CallOptions withHeartbeatTimeout(Duration limit) {
    return new CallOptions(retry, retryHandler, attemptTimeout, timeout, limit);
  }
}
