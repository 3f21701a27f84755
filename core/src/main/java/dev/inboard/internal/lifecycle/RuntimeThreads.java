package dev.inboard.internal.lifecycle;

import java.lang.reflect.InvocationTargetException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Makes the threads of a runtime: for handlers, a virtual thread per task where the JVM has them
 * (21 and later), else pooled threads that end when idle. All are daemons.
 *
 * <p>The pool has no bound of its own: subscriptions and bindings bound the handlers at work, each
 * for itself, and a bound below their sum would let the busy ones starve the others.
 */
final class RuntimeThreads {
  private static final int IDLE_SECONDS = 10;

  private RuntimeThreads() {}

  /**
   * Makes the executor of handlers.
   *
   * @param name begins the names of its threads
   */
  static ExecutorService handlers(String name) {
    return Runtime.version().feature() >= 21 ? virtual(name + "handler-") : pool(name + "handler-");
  }

  /** Makes the pool. */
  static ExecutorService pool(String name) {
    return new ThreadPoolExecutor(
        0,
        Integer.MAX_VALUE,
        IDLE_SECONDS,
        TimeUnit.SECONDS,
        new SynchronousQueue<>(),
        daemons(name));
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

  /**
   * Does something on a thread of its own, so that the caller can do other things meanwhile.
   *
   * @param name the name of the thread
   */
  static void inBackground(String name, Runnable task) {
    Thread thread = new Thread(task, name);
    thread.setDaemon(true);
    thread.start();
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
