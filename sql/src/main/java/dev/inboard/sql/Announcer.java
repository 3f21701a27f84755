package dev.inboard.sql;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Tells callers what became of their work, in the order in which they submitted it.
 *
 * <p>To wake a waiting thread takes as long as a small write. So where many wait, a thread of its
 * own wakes them while the writer goes on; it ends when there has been no use for it for a while.
 */
final class Announcer implements AutoCloseable {
  private static final int FEW = 4;
  private static final Duration IDLE = Duration.ofSeconds(10);

  private final ThreadPoolExecutor executor;
  private final AtomicInteger waiting = new AtomicInteger();
  private volatile @Nullable Thread announcing;

  Announcer(String name) {
    executor =
        new ThreadPoolExecutor(
            1,
            1,
            IDLE.toMillis(),
            TimeUnit.MILLISECONDS,
            new LinkedBlockingQueue<>(),
            run -> {
              Thread thread = new Thread(run, name);
              thread.setDaemon(true);
              return thread;
            });
    executor.allowCoreThreadTimeOut(true);
  }

  /** Settles units. Called by one thread at a time. */
  void announce(List<Unit<?>> units) {
    if (units.size() <= FEW && waiting.get() == 0) {
      units.forEach(Unit::settle);
      return;
    }
    List<Unit<?>> copy = List.copyOf(units);
    waiting.incrementAndGet();
    executor.execute(() -> settle(copy));
  }

  private void settle(List<Unit<?>> units) {
    announcing = Thread.currentThread();
    try {
      units.forEach(Unit::settle);
    } finally {
      announcing = null;
      waiting.decrementAndGet();
    }
  }

  /** Says whether the caller is told something just now, on the thread that tells it. */
  boolean isOwnThread() {
    return Thread.currentThread() == announcing;
  }

  /** Returns when everybody has been told, unless called by who is told just now. */
  @Override
  public void close() {
    executor.shutdown();
    if (!isOwnThread()) {
      Uninterruptibly.run(() -> executor.awaitTermination(Long.MAX_VALUE, TimeUnit.NANOSECONDS));
    }
  }
}
