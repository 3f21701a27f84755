package dev.inboard.vault;

import dev.inboard.spi.CallingThread;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Where an HTTP client does its work: on a few threads of its own, and before that on the thread
 * that sends if it waits for the answer. What such a thread has in hand it goes on with by itself;
 * every hand-over to another one costs a good part of what a request costs.
 */
final class HttpThreads implements Executor, AutoCloseable {
  private static final int THREADS = 4;
  private static final ThreadLocal<@Nullable Boolean> WORKS_HERE = new ThreadLocal<>();

  private final ThreadPoolExecutor pool;

  HttpThreads(String name) {
    pool =
        new ThreadPoolExecutor(
            THREADS,
            THREADS,
            5,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            work -> {
              Thread thread = new Thread(() -> work(work), name);
              thread.setDaemon(true);
              return thread;
            });
    pool.allowCoreThreadTimeOut(true);
  }

  private static void work(Runnable work) {
    WORKS_HERE.set(Boolean.TRUE);
    work.run();
  }

  /** Sends something, on the calling thread when that waits for the answer anyway. */
  static <T> T send(Supplier<T> sending) {
    if (!CallingThread.waits()) {
      return sending.get();
    }
    Boolean before = WORKS_HERE.get();
    WORKS_HERE.set(Boolean.TRUE);
    try {
      return sending.get();
    } finally {
      WORKS_HERE.set(before);
    }
  }

  @Override
  public void execute(Runnable task) {
    if (WORKS_HERE.get() != null) {
      task.run();
    } else {
      pool.execute(task);
    }
  }

  /** Ends the threads when they have done what there is to do. */
  @Override
  public void close() {
    pool.shutdown();
  }
}
