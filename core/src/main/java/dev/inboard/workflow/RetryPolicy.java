package dev.inboard.workflow;

import java.time.Duration;

/**
 * When a failed activity or child is tried again. The n-th pause is {@code firstDelay ×
 * coefficient^(n-1)}, never more than {@code maxDelay}; it survives restarts.
 *
 * @param maxAttempts the first one counts; at least 1
 * @param firstDelay pause before the second attempt
 * @param coefficient at least 1
 * @param maxDelay the longest pause
 */
public record RetryPolicy(
    int maxAttempts, Duration firstDelay, double coefficient, Duration maxDelay) {
  /** One attempt. */
  public static final RetryPolicy NONE = new RetryPolicy(1, Duration.ZERO, 1, Duration.ZERO);

  /** Checks the values. */
  public RetryPolicy {
    if (maxAttempts < 1) {
      throw new IllegalArgumentException(
          "maxAttempts is " + maxAttempts + ", but must be at least 1");
    }
    if (!(coefficient >= 1)) {
      throw new IllegalArgumentException(
          "coefficient is " + coefficient + ", but must be at least 1");
    }
    if (firstDelay.isNegative() || maxDelay.isNegative()) {
      throw new IllegalArgumentException("a delay is negative");
    }
  }

  /** The same pause every time. */
  public static RetryPolicy constant(int maxAttempts, Duration delay) {
    return new RetryPolicy(maxAttempts, delay, 1, delay);
  }

  /** Pauses that double, up to one minute (or the first one, if that is longer). */
  public static RetryPolicy exponential(int maxAttempts, Duration firstDelay) {
    Duration minute = Duration.ofMinutes(1);
    return new RetryPolicy(
        maxAttempts, firstDelay, 2, firstDelay.compareTo(minute) > 0 ? firstDelay : minute);
  }

  /** Returns the pause after a failed attempt, counted from 1. */
  public Duration delayAfter(int attempt) {
    double millis = firstDelay.toMillis() * Math.pow(coefficient, attempt - 1.0);
    return millis >= maxDelay.toMillis() ? maxDelay : Duration.ofMillis((long) millis);
  }
}
