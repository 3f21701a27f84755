package dev.inboard.internal.pubsub;

import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Does the work of one subscription on handler threads: a limited number at a time, begun in the
 * order it came.
 *
 * <p>A worker keeps its thread for as long as there is work, so that under load a message costs no
 * hand-over between threads beyond its place in the queue. What bounds the queue is the driver's
 * limit on unsettled messages.
 */
final class Workers {
  private static final Logger LOG = LoggerFactory.getLogger(Workers.class);

  /**
   * After so much work in a row, a worker that runs dry looks out for more for a moment before it
   * goes.
   */
  private static final int BUSY_STREAK = 64;

  private static final int LOOK_OUTS = 2_000; // some tens of microseconds

  private final Executor executor;
  private final int limit;
  private final Queue<Work> queue = new ConcurrentLinkedQueue<>();
  private final AtomicInteger hired = new AtomicInteger();
  private final AtomicInteger lookingOut = new AtomicInteger();
  private final Set<Thread> threads = ConcurrentHashMap.newKeySet();

  Workers(Executor executor, int limit) {
    this.executor = executor;
    this.limit = limit;
  }

  void submit(Work work) {
    queue.add(work);
    if (lookingOut.get() == 0) {
      hire();
    }
  }

  /** Says whether the current thread is one of its workers. */
  boolean areCurrent() {
    return threads.contains(Thread.currentThread());
  }

  /** Gives the work that nobody has begun back to the broker, and interrupts the workers. */
  void abort() {
    for (Work work = queue.poll(); work != null; work = queue.poll()) {
      work.giveBack();
    }
    threads.forEach(Thread::interrupt);
  }

  private void hire() {
    int count = hired.get();
    while (count < limit) {
      if (hired.compareAndSet(count, count + 1)) {
        start();
        return;
      }
      count = hired.get();
    }
  }

  private void start() {
    try {
      executor.execute(this::work);
    } catch (RejectedExecutionException e) {
      // The runtime is closing; nobody will do the work.
      hired.decrementAndGet();
      for (Work work = queue.poll(); work != null; work = queue.poll()) {
        work.giveBack();
      }
    }
  }

  private void work() {
    Thread thread = Thread.currentThread();
    threads.add(thread);
    int streak = 0;
    for (Work work = queue.poll(); work != null; work = next(streak)) {
      streak++;
      run(work);
    }
    threads.remove(thread);
    hired.decrementAndGet();
    if (!queue.isEmpty()) {
      hire(); // it came while this worker was leaving
    }
  }

  private void run(Work work) {
    try {
      work.run();
    } catch (Throwable e) { // a defect of ours: the message must not stay unsettled
      LOG.error("Handling a message failed outside of its handler; it goes back to the broker", e);
      work.giveBack();
    }
    // An interrupt was meant for the handler that is done.
    Thread.interrupted();
  }

  private @org.jspecify.annotations.Nullable Work next(int streak) {
    Work work = queue.poll();
    if (work != null || streak < BUSY_STREAK || lookingOut.get() > 0) {
      return work;
    }
    lookingOut.incrementAndGet();
    for (int i = 0; work == null && i < LOOK_OUTS; i++) {
      Thread.onSpinWait();
      work = queue.poll();
    }
    lookingOut.decrementAndGet();
    if (work != null && !queue.isEmpty()) {
      hire();
    }
    return work;
  }
}
