package dev.inboard.internal.resiliency;

import dev.inboard.internal.resources.ResiliencyResource.RateLimit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Lets so many calls through in a period, in any distribution over it. Safe for use by many
 * threads.
 */
final class RateLimiter {
  /** Instead of a wait: the call would have to wait too long. */
  static final long REFUSED = -1;

  private final long interval; // between two calls, when they come evenly
  private final long burst; // how far ahead of that they may be
  private final AtomicLong due; // when the next call would come, if they came evenly

  RateLimiter(RateLimit rule) {
    long period = rule.period().toNanos();
    interval = Math.max(1, period / rule.limit());
    burst = Math.max(0, period - interval);
    due = new AtomicLong(System.nanoTime());
  }

  /**
   * Takes a place.
   *
   * @return how many nanoseconds to wait for it, or {@link #REFUSED} when that is more than the
   *     most
   */
  long reserve(long mostNanos) {
    while (true) {
      long now = System.nanoTime();
      long then = due.get();
      long next = then - now < 0 ? now : then;
      long wait = Math.max(0, next - burst - now);
      if (wait > mostNanos) {
        return REFUSED;
      }
      if (due.compareAndSet(then, next + interval)) {
        return wait;
      }
    }
  }

  /** Returns how many nanoseconds there are to the next free place. */
  long nanosToNext() {
    long now = System.nanoTime();
    return Math.max(0, due.get() - burst - now);
  }
}
