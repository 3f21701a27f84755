package dev.inboard.kafka;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;

/**
 * How long a message rests that the receiver wants delivered again.
 *
 * @param first after the first failure
 * @param multiplier by how much the pause grows from failure to failure; 1: not at all
 * @param longest what it never exceeds
 * @param jitter by which part it varies at random, from 0 to 1
 */
record RedeliveryPause(Duration first, double multiplier, Duration longest, double jitter) {
  long nanosAfter(int failures) {
    double nanos = (double) first.toNanos() * Math.pow(multiplier, failures - 1);
    nanos = Math.min(nanos, (double) longest.toNanos());
    if (jitter > 0) {
      nanos *= 1 + jitter * ThreadLocalRandom.current().nextDouble(-1, 1);
    }
    return (long) nanos;
  }
}
