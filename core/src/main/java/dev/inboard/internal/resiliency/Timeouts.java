package dev.inboard.internal.resiliency;

import java.time.Duration;
import java.util.Iterator;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Watches calls that all have the same time.
 *
 * <p>Because the time is the same, the calls end in the order in which they began: a call costs a
 * place in a queue, not a task of a timer. The timer looks at the queue while there is something in
 * it, and forgets the calls that were answered meanwhile.
 */
final class Timeouts {
  /** How long an answered call may keep its place. */
  private static final long SWEEP_NANOS = 100_000_000;

  private final Duration limit;
  private final Later later;
  private final Executor executor;
  private final Queue<Entry> queue = new ConcurrentLinkedQueue<>();
  private final AtomicBoolean sweeping = new AtomicBoolean();

  /** A call under way. */
  interface Watched {
    /** Says whether there is nothing to wait for any more. */
    boolean isOver();

    /** Ends it, because its time is over. May come late, and after it was answered. */
    void expire();
  }

  private record Entry(Watched call, long deadline) {}

  /**
   * Prepares to watch.
   *
   * @param executor runs what follows from a timeout
   */
  Timeouts(Duration limit, Later later, Executor executor) {
    this.limit = limit;
    this.later = later;
    this.executor = executor;
  }

  Duration limit() {
    return limit;
  }

  /** Begins to watch a call; its time begins now. */
  void watch(Watched call) {
    queue.add(new Entry(call, System.nanoTime() + limit.toNanos()));
    sweepLater();
  }

  private void sweepLater() {
    if (sweeping.get() || !sweeping.compareAndSet(false, true)) {
      return;
    }
    Entry first = queue.peek();
    long nanos =
        first == null ? 0 : Math.max(0, Math.min(SWEEP_NANOS, first.deadline - System.nanoTime()));
    later.after(nanos, this::sweep, () -> {});
  }

  private void sweep() {
    long now = System.nanoTime();
    for (Iterator<Entry> entries = queue.iterator(); entries.hasNext(); ) {
      Entry entry = entries.next();
      if (entry.call.isOver()) {
        entries.remove();
      } else if (entry.deadline - now <= 0) {
        entries.remove();
        expire(entry.call);
      }
    }
    sweeping.set(false);
    if (!queue.isEmpty()) {
      sweepLater();
    }
  }

  private void expire(Watched call) {
    try {
      executor.execute(call::expire);
    } catch (RejectedExecutionException e) { // the runtime is closing
      call.expire();
    }
  }
}
