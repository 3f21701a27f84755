package dev.inboard.internal.lifecycle;

import java.lang.reflect.InvocationTargetException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Makes the threads of a runtime: for handlers, a virtual thread per task where the JVM has them
 * (21 and later), else a pool of at most {@value #MOST} threads that end when idle. All are
 * daemons.
 */
final class HandlerThreads {
  private static final int MOST = 64;
  private static final int IDLE_SECONDS = 10;

  private HandlerThreads() {}

  /**
   * Makes the executor of handlers.
   *
   * @param name begins the names of its threads
   */
  static ExecutorService handlers(String name) {
    return Runtime.version().feature() >= 21 ? virtual(name + "handler-") : pool(name + "handler-");
  }

  /** Makes the bounded pool. */
  static ExecutorService pool(String name) {
    ThreadPoolExecutor pool =
        new ThreadPoolExecutor(
            MOST, MOST, IDLE_SECONDS, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), daemons(name));
    pool.allowCoreThreadTimeOut(true);
    return pool;
  }

  /** Makes the executor of virtual threads; by reflection, because this class runs on 17 too. */
  private static ExecutorService virtual(String name) {
    try {
      Class<?> builderType = Class.forName("java.lang.Thread$Builder");
      Object builder = Thread.class.getMethod("ofVirtual").invoke(null);
      builder = builderType.getMethod("name", String.class, long.class).invoke(builder, name, 1L);
      ThreadFactory threads = (ThreadFactory) builderType.getMethod("factory").invoke(builder);
      ClassLoader loader = Thread.currentThread().getContextClassLoader();
      ThreadFactory factory =
          task -> {
            Thread thread = threads.newThread(task);
            thread.setContextClassLoader(loader);
            return thread;
          };
      return (ExecutorService)
          Executors.class
              .getMethod("newThreadPerTaskExecutor", ThreadFactory.class)
              .invoke(null, factory);
    } catch (ClassNotFoundException
        | NoSuchMethodException
        | IllegalAccessException
        | InvocationTargetException e) {
      throw new LinkageError("this JVM says it has virtual threads, but it has not", e);
    }
  }

  /** Makes the timer: one thread, from the first task on. */
  static ScheduledThreadPoolExecutor timer(String name) {
    ScheduledThreadPoolExecutor timer =
        new ScheduledThreadPoolExecutor(1, daemons(name + "timer-"));
    timer.setRemoveOnCancelPolicy(true);
    return timer;
  }

  private static ThreadFactory daemons(String name) {
    AtomicInteger count = new AtomicInteger();
    ClassLoader loader = Thread.currentThread().getContextClassLoader();
    return task -> {
      Thread thread = new Thread(task, name + count.incrementAndGet());
      thread.setDaemon(true);
      thread.setContextClassLoader(loader);
      return thread;
    };
  }
}
