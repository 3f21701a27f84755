package dev.inboard.internal.resiliency;

import dev.inboard.internal.resiliency.CircuitBreaker.State;
import dev.inboard.internal.resiliency.InboundRules.BreakerRule;
import dev.inboard.internal.resources.ResiliencyResource.RateLimit;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.Objects;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Decides when a handler may run. What may not yet, waits here: it is not given back to the broker,
 * which would only deliver it again at once, and it has not failed.
 *
 * <p>While its circuit breaker is open nothing more is taken in at all. Safe for use by many
 * threads.
 */
public final class InboundGate {
  /** Instead of a permit: the work waits, and is resumed or given back later. */
  public static final long WAITS = -1;

  private static final long FREE = 0; // breakers count their permits from 1
  private static final long COUNTED = Long.MAX_VALUE; // nothing but the number at work matters

  private final String label;
  private final Supplier<InboundRules> source;
  private final Later later;
  private final Set<Waiting> resumed = Collections.newSetFromMap(new IdentityHashMap<>());
  private final Deque<Waiting> waiting = new ArrayDeque<>();

  private volatile InboundRules rules = InboundRules.NONE; // written under this object's lock

  // Guarded by this, as the two collections above.
  private @Nullable CircuitBreaker breaker;
  private @Nullable RateLimiter limiter;
  private @Nullable RateLimit limit;
  private @Nullable Intake intake;
  private boolean intakeIsHeld;
  private boolean wakesUp; // a task of the timer is under way
  private int running;
  private boolean closed;

  /** Work that can wait. */
  public interface Waiting {
    /** Asks for admission again, on another thread. */
    void resume();

    /** Ends it, because nothing is handled any more. */
    void giveBack();
  }

  /** Where work comes from. */
  public interface Intake {
    /** Takes in nothing more until {@link #release}. */
    void hold();

    /** Takes in again. */
    void release();
  }

  /** How a handler ended. */
  public enum Verdict {
    /** It did its work. */
    SUCCEEDED,
    /** It did not. */
    FAILED,
    /** It was not called after all. */
    UNKNOWN
  }

  /**
   * Makes a gate.
   *
   * @param label begins what is written into the log
   * @param source gives the rules in force
   */
  public InboundGate(String label, Supplier<InboundRules> source, Later later) {
    this.label = label;
    this.source = source;
    this.later = later;
  }

  /** Says where the work comes from; once. */
  public synchronized void connect(Intake intake) {
    this.intake = intake;
    if (intakeIsHeld) {
      intake.hold();
    }
  }

  /** Returns the state of its breaker: 0 closed, 1 half open, 2 open; -1: there is none. */
  public synchronized long breakerState() {
    return CircuitBreaker.level(breaker);
  }

  /** Tells who listens that work begins, once for each message. */
  public void begins() {
    InboundRules now = source.get();
    PolicyCounts counts = now.counts();
    if (counts == null) {
      return;
    }
    synchronized (this) {
      counts.applied(breaker);
    }
  }

  /** Tells who listens that a handler is called again, as the rules say. */
  public void repeats() {
    PolicyCounts counts = source.get().counts();
    if (counts != null) {
      counts.repeated();
    }
  }

  /** Tells who listens that the time of a handler was over. */
  public void expires() {
    PolicyCounts counts = source.get().counts();
    if (counts != null) {
      counts.timedOut();
    }
  }

  /** Returns the rules in force. */
  public InboundRules rules() {
    return source.get();
  }

  /**
   * Asks whether a handler may run now.
   *
   * @return a permit for {@link #ended}, or {@link #WAITS}
   */
  @SuppressWarnings("ReferenceEquality") // whoever changes rules makes others
  public long admit(Waiting work) {
    InboundRules now = source.get();
    if (!now.hasGate() && now == rules) { // nobody waits where there is no gate
      return FREE;
    }
    synchronized (this) {
      if (!closed) {
        return admitOrKeep(work, now);
      }
    }
    work.giveBack();
    return WAITS;
  }

  private long admitOrKeep(Waiting work, InboundRules now) {
    adopt(now);
    boolean wasFirst = resumed.remove(work);
    if (isFull() || (!wasFirst && !waiting.isEmpty())) {
      return keep(work, wasFirst);
    }
    if (limiter != null && limiter.nanosToNext() > 0) {
      return keep(work, wasFirst);
    }
    long permit = breaker == null ? COUNTED : breaker.tryAcquire();
    if (permit == CircuitBreaker.REFUSED) {
      return keep(work, wasFirst);
    }
    if (limiter != null) {
      var unused = limiter.reserve(Long.MAX_VALUE);
    }
    running++;
    return permit;
  }

  private long keep(Waiting work, boolean asFirst) {
    if (asFirst) {
      waiting.addFirst(work);
    } else {
      waiting.addLast(work);
    }
    holdWhileOpen();
    wakeUp();
    return WAITS;
  }

  /** Tells how a handler with a permit ended. */
  public void ended(long permit, Verdict verdict) {
    if (permit == FREE) {
      return;
    }
    synchronized (this) {
      running = Math.max(0, running - 1);
      if (breaker != null) {
        switch (verdict) {
          case SUCCEEDED -> breaker.succeeded(permit);
          case FAILED -> breaker.failed(permit);
          case UNKNOWN -> breaker.forgotten(permit);
        }
      }
      proceed();
    }
  }

  /** Lets go what may go now, and looks again later for the rest. */
  private void proceed() {
    adopt(source.get());
    holdWhileOpen();
    State state = breaker == null ? State.CLOSED : breaker.state();
    int free = Integer.MAX_VALUE;
    if (state == State.OPEN) {
      free = 0;
    } else if (state == State.HALF_OPEN) {
      free = Objects.requireNonNull(breaker).rule().maxRequests();
    }
    if (rules.bulkhead() != null) {
      free = Math.min(free, rules.bulkhead().maxConcurrent() - running);
    }
    if (limiter != null) {
      free = Math.min(free, limiter.nanosToNext() > 0 ? 0 : 1);
    }
    free -= resumed.size(); // they are on their way
    for (int i = 0; i < free && !waiting.isEmpty(); i++) {
      Waiting next = waiting.removeFirst();
      resumed.add(next);
      next.resume();
    }
    if (!waiting.isEmpty() || intakeIsHeld) {
      wakeUp();
    }
  }

  /** Holds the intake while the breaker is open, and while there is enough here to probe with. */
  private void holdWhileOpen() {
    State state = breaker == null ? State.CLOSED : breaker.state();
    boolean hold =
        state == State.OPEN
            || (state == State.HALF_OPEN
                && (running > 0 || !waiting.isEmpty() || !resumed.isEmpty()));
    if (hold == intakeIsHeld) {
      return;
    }
    intakeIsHeld = hold;
    if (intake == null) {
      return;
    }
    if (hold) {
      intake.hold();
    } else {
      intake.release();
    }
  }

  private boolean isFull() {
    return rules.bulkhead() != null && running >= rules.bulkhead().maxConcurrent();
  }

  private void wakeUp() {
    if (wakesUp || closed || isFull()) {
      return; // where it is full, who ends next lets the next one in
    }
    long nanos = 0;
    if (breaker != null && breaker.state() != State.CLOSED) {
      nanos = breaker.nanosToNextProbe();
    } else if (limiter != null) {
      nanos = limiter.nanosToNext();
    } else if (running > 0) {
      return; // as above
    }
    wakesUp = true;
    later.after(Math.max(nanos, 1_000_000), this::wokenUp, () -> {});
  }

  private synchronized void wokenUp() {
    wakesUp = false;
    if (!closed) {
      proceed();
    }
  }

  /** Takes new rules over; what did not change keeps its state. */
  @SuppressWarnings("ReferenceEquality") // as above
  private void adopt(InboundRules next) {
    if (next == rules) {
      return;
    }
    rules = next;
    BreakerRule rule = next.breaker();
    if (rule == null) {
      breaker = null;
    } else if (breaker == null || !breaker.rule().equals(rule.definition())) {
      breaker =
          new CircuitBreaker(
              label + ": circuit breaker '" + rule.name() + "'",
              rule.definition(),
              rule.trip(),
              System::nanoTime);
    }
    if (breaker != null) {
      breaker.tell(next.counts());
    }
    if (!Objects.equals(limit, next.rateLimit())) {
      limit = next.rateLimit();
      limiter = limit == null ? null : new RateLimiter(limit);
    }
  }

  /** Gives everything back that waits, and whatever asks from now on. */
  public void close() {
    Deque<Waiting> left;
    synchronized (this) {
      closed = true;
      left = new ArrayDeque<>(waiting);
      waiting.clear();
    }
    left.forEach(Waiting::giveBack);
  }
}
