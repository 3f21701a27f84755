package dev.inboard.internal.resiliency;

import dev.inboard.internal.resiliency.Trip.Counts;
import dev.inboard.internal.resources.ResiliencyResource;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps calls from something that fails, until it may have recovered. Its states and counts are
 * those of Dapr's.
 *
 * <p>A half-open breaker whose probes give no answer within its timeout lets others through, so
 * that a call that hangs cannot keep it shut for ever. Safe for use by many threads.
 */
final class CircuitBreaker {
  /** Instead of a permit: the call must not be made. */
  static final long REFUSED = -1;

  private static final Logger log = LoggerFactory.getLogger(CircuitBreaker.class);

  private final String label;
  private final ResiliencyResource.CircuitBreaker rule;
  private final Trip trip;
  private final boolean countsInARow; // nothing but failures in a row matters
  private final LongSupplier nanoTime;

  // Written under this object's lock; read without it where nothing has failed.
  private volatile State state = State.CLOSED;
  private volatile long generation;
  private volatile long inARow; // failures
  private volatile @Nullable PolicyCounts counts; // told of changes

  // Guarded by this.
  private long end; // of the generation, where it has one
  private long requests;
  private long successes;
  private long failures;
  private long successesInARow;

  /** Whether calls are made. */
  enum State {
    /** Yes. */
    CLOSED,
    /** A few, to see how they go. */
    HALF_OPEN,
    /** No. */
    OPEN
  }

  /**
   * Makes a closed breaker.
   *
   * @param label begins what it writes into the log
   */
  CircuitBreaker(
      String label, ResiliencyResource.CircuitBreaker rule, Trip trip, LongSupplier nanoTime) {
    this.label = label;
    this.rule = rule;
    this.trip = trip;
    this.countsInARow = trip instanceof Trip.Consecutive && rule.interval().isZero();
    this.nanoTime = nanoTime;
    begin(State.CLOSED, nanoTime.getAsLong());
  }

  /** Tells changes of its state from now on; null: nobody listens. */
  void tell(@Nullable PolicyCounts counts) {
    this.counts = counts;
  }

  ResiliencyResource.CircuitBreaker rule() {
    return rule;
  }

  /** Returns a permit for one call, whose outcome must be told; or {@link #REFUSED}. */
  long tryAcquire() {
    if (countsInARow && state == State.CLOSED) {
      return generation;
    }
    synchronized (this) {
      State now = current();
      if (now == State.OPEN || (now == State.HALF_OPEN && requests >= rule.maxRequests())) {
        return REFUSED;
      }
      requests++;
      return generation;
    }
  }

  /** Tells that the call of a permit went well. */
  void succeeded(long permit) {
    if (countsInARow && inARow == 0 && state == State.CLOSED) {
      return;
    }
    synchronized (this) {
      if (!isCurrent(permit)) {
        return;
      }
      successes++;
      successesInARow++;
      inARow = 0;
      if (state == State.HALF_OPEN && successesInARow >= rule.maxRequests()) {
        begin(State.CLOSED, nanoTime.getAsLong());
        log.info("{} is closed again", label);
      }
    }
  }

  /** Tells that the call of a permit failed. */
  synchronized void failed(long permit) {
    if (!isCurrent(permit)) {
      return;
    }
    failures++;
    inARow++;
    successesInARow = 0;
    Counts counts = new Counts(requests, successes, failures, successesInARow, inARow);
    if (state == State.HALF_OPEN || trip.opens(counts)) {
      begin(State.OPEN, nanoTime.getAsLong());
      log.warn(
          "{} opens for {} ms after {} failures in a row",
          label,
          rule.timeout().toMillis(),
          counts.consecutiveFailures());
    }
  }

  /** Tells that the call of a permit came to no end that says anything. */
  synchronized void forgotten(long permit) {
    if (isCurrent(permit) && requests > 0) {
      requests--;
    }
  }

  /** Returns its state now. */
  State state() {
    if (state == State.CLOSED) {
      return State.CLOSED;
    }
    synchronized (this) {
      return current();
    }
  }

  /** Returns its state as a number: 0 closed, 1 half open, 2 open; -1: there is no breaker. */
  static long level(@Nullable CircuitBreaker breaker) {
    if (breaker == null) {
      return -1;
    }
    return switch (breaker.state()) {
      case CLOSED -> 0;
      case HALF_OPEN -> 1;
      case OPEN -> 2;
    };
  }

  /** Returns when it is worth asking again. */
  synchronized long nanosToNextProbe() {
    return switch (current()) {
      case CLOSED -> 0;
      case OPEN, HALF_OPEN -> Math.max(0, end - nanoTime.getAsLong());
    };
  }

  private synchronized boolean isCurrent(long permit) {
    current();
    return permit == generation;
  }

  /** Lets time do its part: intervals begin anew, an open breaker becomes half-open. */
  private synchronized State current() {
    long now = nanoTime.getAsLong();
    if (state == State.CLOSED) {
      if (!rule.interval().isZero() && end - now <= 0) {
        begin(State.CLOSED, now);
      }
    } else if (end - now <= 0) {
      begin(State.HALF_OPEN, now);
    }
    return state;
  }

  private synchronized void begin(State next, long now) {
    if (next != state && counts != null) {
      counts.changed(next);
    }
    state = next;
    generation++;
    end = now + (next == State.CLOSED ? rule.interval() : rule.timeout()).toNanos();
    requests = 0;
    successes = 0;
    failures = 0;
    successesInARow = 0;
    inARow = 0;
  }
}
