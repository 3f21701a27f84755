package dev.inboard.sql;

import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * Something that is done every so often in the background, such as the removal of expired rows.
 * Runs never overlap; a failed one is logged, and the next is tried in its time.
 */
public final class PeriodicJob implements AutoCloseable {
  private final String name;
  private final Task task;
  private final ScheduledExecutorService timer;

  /** What is done. */
  @FunctionalInterface
  public interface Task {
    /** Does it once. An interrupt asks it to stop early. */
    void run() throws Exception;
  }

  /**
   * Starts the clock.
   *
   * @param name names the thread, and the job in the log
   * @param interval from the end of one run to the start of the next, and before the first
   */
  public PeriodicJob(String name, Duration interval, Task task) {
    this.name = name;
    this.task = task;
    this.timer =
        Executors.newSingleThreadScheduledExecutor(
            run -> {
              Thread thread = new Thread(run, name);
              thread.setDaemon(true);
              return thread;
            });
    long nanos = TimeUnit.NANOSECONDS.convert(interval);
    var unused = // run() lets nothing out that it could report
        timer.scheduleWithFixedDelay(this::run, nanos, nanos, TimeUnit.NANOSECONDS);
  }

  private void run() {
    try {
      task.run();
    } catch (Exception e) { // none may get out: it would end the schedule
      if (!timer.isShutdown()) {
        System.getLogger(PeriodicJob.class.getName())
            .log(System.Logger.Level.WARNING, name + " failed; it will be tried again", e);
      }
    }
  }

  /** Stops the clock, asks a run that is under way to end early, and waits for its end. */
  @Override
  public void close() {
    timer.shutdownNow();
    Uninterruptibly.run(() -> timer.awaitTermination(Long.MAX_VALUE, TimeUnit.NANOSECONDS));
  }
}
