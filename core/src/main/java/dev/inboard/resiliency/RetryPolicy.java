package dev.inboard.resiliency;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;

/**
 * When something that failed is tried again.
 *
 * <p>The n-th pause is {@code firstDelay × multiplier^(n-1)}, at most {@code maxDelay}, give or
 * take {@code jitter}.
 *
 * @param maxRetries how often it is tried again after the first attempt; {@link #FOREVER} knows no
 *     end
 * @param firstDelay the pause before the first retry
 * @param multiplier by how much the pauses grow, at least 1
 * @param maxDelay the longest pause
 * @param jitter by which part of itself a pause may be shorter or longer, from 0 to 1, so that many
 *     who failed together do not come back together
 */
public record RetryPolicy(
    int maxRetries, Duration firstDelay, double multiplier, Duration maxDelay, double jitter) {
  /** For {@code maxRetries}: without end. */
  public static final int FOREVER = -1;

  /** One attempt. */
  public static final RetryPolicy NONE = constant(0, Duration.ZERO);

  /** Checks the values. */
  public RetryPolicy {
    if (maxRetries < FOREVER) {
      throw new IllegalArgumentException(
          "maxRetries is " + maxRetries + ", but must be at least 0, or -1 for no end");
    }
    if (firstDelay.isNegative() || maxDelay.isNegative()) {
      throw new IllegalArgumentException("a delay is negative");
    }
    if (!(multiplier >= 1)) {
      throw new IllegalArgumentException(
          "multiplier is " + multiplier + ", but must be at least 1");
    }
    if (!(jitter >= 0 && jitter <= 1)) {
      throw new IllegalArgumentException("jitter is " + jitter + ", but must be between 0 and 1");
    }
  }

  /** Tries again after the same pause every time. */
  public static RetryPolicy constant(int maxRetries, Duration delay) {
    return new RetryPolicy(maxRetries, delay, 1, delay, 0);
  }

  /**
   * Tries again after pauses that double, up to {@code maxDelay}, each a fifth shorter or longer at
   * random.
   */
  public static RetryPolicy exponential(int maxRetries, Duration firstDelay, Duration maxDelay) {
    return new RetryPolicy(maxRetries, firstDelay, 2, maxDelay, 0.2);
  }

  /** Says whether another attempt follows the given number of failed ones. */
  public boolean allowsRetryAfter(int failedAttempts) {
    return maxRetries == FOREVER || failedAttempts <= maxRetries;
  }

  /**
   * Returns the pause before the next attempt.
   *
   * @param failedAttempts how many have failed so far, at least 1
   */
  public Duration delayAfter(int failedAttempts) {
    double nanos = firstDelay.toNanos() * Math.pow(multiplier, failedAttempts - 1.0);
    nanos = Math.min(nanos, (double) maxDelay.toNanos());
    double factor =
        jitter == 0 ? 1 : 1 + jitter * (2 * ThreadLocalRandom.current().nextDouble() - 1);
    return Duration.ofNanos((long) (nanos * factor));
  }
}
