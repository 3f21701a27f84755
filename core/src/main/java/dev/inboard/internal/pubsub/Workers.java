package dev.inboard.internal.pubsub;

import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
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

  /**
   * More threads than processors only stand in each other's way while handlers compute, so that the
   * others are hired when work has waited this long: then handlers wait for something. Virtual
   * threads do not stand in the way.
   */
  private static final int EAGER =
      Runtime.version().feature() >= 21
          ? Integer.MAX_VALUE
          : Runtime.getRuntime().availableProcessors();

  private static final long PATIENCE_MICROS = 250;

  private final Executor executor;
  private final ScheduledExecutorService timer;
  private final int limit;
  private final int eager;
  private final Queue<Work> queue = new ConcurrentLinkedQueue<>();
  private final AtomicInteger hired = new AtomicInteger();
  private final AtomicInteger lookingOut = new AtomicInteger();
  private final AtomicBoolean watched = new AtomicBoolean();
  private final Set<Thread> threads = ConcurrentHashMap.newKeySet();

  Workers(Executor executor, ScheduledExecutorService timer, int limit) {
    this.executor = executor;
    this.timer = timer;
    this.limit = limit;
    this.eager = Math.min(limit, EAGER);
  }

  void submit(Work work) {
    queue.add(work);
    if (lookingOut.get() == 0) {
      staff(work);
    }
  }

  /** Sees to it that somebody will do this work. */
  private void staff(@Nullable Work work) {
    if (work != null && !hire(eager) && eager < limit && watched.compareAndSet(false, true)) {
      try {
        var unused = timer.schedule(() -> reinforce(work), PATIENCE_MICROS, TimeUnit.MICROSECONDS);
      } catch (RejectedExecutionException e) {
        watched.set(false); // the runtime is closing
      }
    }
  }

  private void reinforce(Work work) {
    watched.set(false);
    if (queue.contains(work)) {
      for (int waiting = queue.size(); waiting > 0 && hire(limit); waiting--) {}
    } else {
      staff(lastInQueue());
    }
  }

  private @Nullable Work lastInQueue() {
    Work last = null;
    for (Work work : queue) {
      last = work;
    }
    return last;
  }

  /** Returns how much work nobody has begun. */
  int waiting() {
    return queue.size();
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

  /** Begins one more worker; says no when there are as many already. */
  private boolean hire(int most) {
    int count = hired.get();
    while (count < most) {
      if (hired.compareAndSet(count, count + 1)) {
        start();
        return true;
      }
      count = hired.get();
    }
    return false;
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
    staff(lastInQueue()); // it came while this worker was leaving
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

  private @Nullable Work next(int streak) {
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
    if (work != null) {
      staff(lastInQueue());
    }
    return work;
  }
}
