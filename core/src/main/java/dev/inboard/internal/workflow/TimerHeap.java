package dev.inboard.internal.workflow;

import dev.inboard.internal.workflow.Host.Cancellable;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/**
 * All the engine's waits for a time, on one scheduled wake-up.
 *
 * <p>The clock may jump while the wake-up counts milliseconds, so it looks at the clock at least
 * once a second.
 */
final class TimerHeap {
  private final Host host;
  private final PriorityQueue<Entry> heap =
      new PriorityQueue<>(
          Comparator.comparingLong((Entry entry) -> entry.time)
              .thenComparingLong(entry -> entry.order)); // guarded by this
  private long added; // guarded by this
  private int cancelled; // guarded by this; entries in the heap that are
  private long wakeAt = Long.MAX_VALUE; // guarded by this
  private @Nullable Cancellable wakeUp; // guarded by this
  private boolean closed; // guarded by this

  TimerHeap(Host host) {
    this.host = host;
  }

  /**
   * Runs something at a time, or at once if that has passed; entries of one time run in the order
   * they came.
   */
  synchronized Cancellable at(long time, Runnable task) {
    Entry entry = new Entry(time, added++, task);
    if (!closed) {
      heap.add(entry);
      arm();
    }
    return () -> cancel(entry);
  }

  private synchronized void cancel(Entry entry) {
    if (entry.task == null) {
      return;
    }
    entry.task = null; // lets go of whatever it holds; the entry itself leaves when its time comes
    if (++cancelled > 1_000 && cancelled > heap.size() / 2) {
      heap.removeIf(other -> other.task == null);
      cancelled = 0;
    }
  }

  private void arm() { // holds the lock
    while (!heap.isEmpty() && heap.peek().task == null) {
      heap.poll();
      cancelled = Math.max(0, cancelled - 1);
    }
    if (heap.isEmpty() || heap.peek().time >= wakeAt) {
      return;
    }
    if (wakeUp != null) {
      wakeUp.cancel();
    }
    wakeAt = heap.peek().time;
    long delay = Math.max(0, Math.min(wakeAt - host.now(), host.longestSleep()));
    wakeUp = host.schedule(delay, this::fire);
  }

  private void fire() {
    List<Runnable> due = new ArrayList<>();
    synchronized (this) {
      wakeAt = Long.MAX_VALUE;
      long now = host.now();
      while (!heap.isEmpty() && heap.peek().time <= now) {
        Entry entry = heap.remove();
        if (entry.task != null) {
          due.add(entry.task);
          entry.task = null;
        }
      }
      if (!closed) {
        arm();
      }
    }
    runAll(due);
  }

  /** Runs every task, even if one throws. */
  private static void runAll(List<Runnable> due) {
    RuntimeException failure = null;
    for (Runnable task : due) {
      try {
        task.run();
      } catch (RuntimeException e) {
        if (failure == null) {
          failure = e;
        } else {
          failure.addSuppressed(e);
        }
      }
    }
    if (failure != null) {
      throw failure;
    }
  }

  synchronized void close() {
    closed = true;
    heap.clear();
    if (wakeUp != null) {
      wakeUp.cancel();
    }
  }

  private static final class Entry {
    final long time;
    final long order;
    @Nullable Runnable task; // null when it ran or was cancelled; guarded by the heap

    Entry(long time, long order, Runnable task) {
      this.time = time;
      this.order = order;
      this.task = task;
    }
  }
}
