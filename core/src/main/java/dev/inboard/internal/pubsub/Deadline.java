package dev.inboard.internal.pubsub;

import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * Watches one call of a handler: interrupts its thread when the time is over, and calls for help
 * when it goes on for as long again.
 */
final class Deadline {
  private final Thread thread = Thread.currentThread();
  private final ScheduledExecutorService timer;
  private final Duration timeout;
  private final Runnable stuck;
  private Future<?> alarm; // guarded by this, as the rest
  private boolean fired;
  private boolean over;

  private Deadline(ScheduledExecutorService timer, Duration timeout, Runnable stuck) {
    this.timer = timer;
    this.timeout = timeout;
    this.stuck = stuck;
    this.alarm = timer.schedule(this::interrupt, timeout.toNanos(), TimeUnit.NANOSECONDS);
  }

  /**
   * Begins to watch the current thread.
   *
   * @param stuck runs on the timer when an interrupt was not enough
   */
  static Deadline start(ScheduledExecutorService timer, Duration timeout, Runnable stuck) {
    return new Deadline(timer, timeout, stuck);
  }

  private synchronized void interrupt() {
    if (over) {
      return;
    }
    fired = true;
    thread.interrupt();
    alarm = timer.schedule(this::callForHelp, timeout.toNanos(), TimeUnit.NANOSECONDS);
  }

  private void callForHelp() {
    synchronized (this) {
      if (over) {
        return;
      }
    }
    stuck.run();
  }

  /**
   * Ends the watch. No interrupt follows, and none is left behind.
   *
   * @return whether the time was over
   */
  synchronized boolean end() {
    over = true;
    alarm.cancel(false);
    if (fired) {
      Thread.interrupted();
    }
    return fired;
  }
}
