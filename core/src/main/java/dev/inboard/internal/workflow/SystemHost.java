package dev.inboard.internal.workflow;

import java.time.Clock;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The real world: the given clock, virtual threads where the JVM has them, else pools of daemon
 * threads.
 */
public final class SystemHost implements Host {
  private static final Logger log = LoggerFactory.getLogger(SystemHost.class);
  private static final int CLOSE_SECONDS = 5;

  private final Clock clock;
  private final boolean virtual;
  private final ExecutorService strands;
  private final ExecutorService activities;
  private final ScheduledThreadPoolExecutor timer;

  /** Makes a host. Its threads begin when they are needed. */
  public SystemHost(Clock clock) {
    this.clock = clock;
    this.virtual = VirtualThreads.areAvailable();
    this.strands = pool("inboard-workflow-");
    this.activities = pool("inboard-activity-");
    this.timer = new ScheduledThreadPoolExecutor(1, daemons("inboard-workflow-timer-"));
    timer.setRemoveOnCancelPolicy(true);
    timer.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
  }

  private ExecutorService pool(String name) {
    if (virtual) {
      return VirtualThreads.executor(name);
    }
    return new ThreadPoolExecutor(
        0, Integer.MAX_VALUE, 10, TimeUnit.SECONDS, new SynchronousQueue<>(), daemons(name));
  }

  private static ThreadFactory daemons(String name) {
    AtomicLong number = new AtomicLong();
    return task -> {
      Thread thread = new Thread(task, name + number.incrementAndGet());
      thread.setDaemon(true);
      return thread;
    };
  }

  @Override
  public long now() {
    return clock.millis();
  }

  @Override
  public long nanoTime() {
    return System.nanoTime();
  }

  @Override
  public Cancellable schedule(long delayMillis, Runnable task) {
    ScheduledFuture<?> future =
        timer.schedule(guarded(task), Math.max(0, delayMillis), TimeUnit.MILLISECONDS);
    return () -> future.cancel(false);
  }

  private static Runnable guarded(Runnable task) {
    return () -> {
      try {
        task.run();
      } catch (RuntimeException | Error e) {
        log.error("a timer of the workflow engine failed", e);
      }
    };
  }

  @Override
  public void start(String name, Consumer<Strand> body) {
    ThreadStrand.start(strands, body);
  }

  @Override
  public Executor activities() {
    return activities;
  }

  @Override
  public long random() {
    return ThreadLocalRandom.current().nextLong();
  }

  @Override
  public int maxStrands() {
    return virtual ? 10_000 : 256;
  }

  @Override
  public int maxActivities() {
    return virtual ? 10_000 : 128;
  }

  @Override
  public void close() {
    timer.shutdownNow();
    strands.shutdown();
    activities.shutdownNow();
    try {
      if (!strands.awaitTermination(CLOSE_SECONDS, TimeUnit.SECONDS)
          || !activities.awaitTermination(CLOSE_SECONDS, TimeUnit.SECONDS)
          || !timer.awaitTermination(CLOSE_SECONDS, TimeUnit.SECONDS)) {
        log.warn("some workflow or activity code does not end although it was interrupted");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
