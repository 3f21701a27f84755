package dev.inboard.internal.resiliency;

import dev.inboard.common.ErrorCode;
import dev.inboard.common.InboardException;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Watches one call of a handler: interrupts its thread when the time is over, and calls for help
 * when it goes on for as long again.
 */
public final class Deadline {
  private final Thread thread = Thread.currentThread();
  private final ScheduledExecutorService timer;
  private final Duration timeout;
  private final Runnable expired;
  private final Runnable stuck;
  private Future<?> alarm; // guarded by this, as the rest
  private boolean fired;
  private boolean over;

  private Deadline(
      ScheduledExecutorService timer, Duration timeout, Runnable expired, Runnable stuck) {
    this.timer = timer;
    this.timeout = timeout;
    this.expired = expired;
    this.stuck = stuck;
    this.alarm = timer.schedule(this::interrupt, timeout.toNanos(), TimeUnit.NANOSECONDS);
  }

  /**
   * Calls a handler on the current thread, which is interrupted when the time is over.
   *
   * @param expired runs when the time is over, and must not block
   * @param stuck runs on the timer when an interrupt was not enough
   * @return what the handler returns, even if it is late
   * @throws InboardException {@code TIMEOUT} when the time was over and the handler returned
   *     nothing
   */
  public static <R extends @Nullable Object> @Nullable R call(
      ScheduledExecutorService timer,
      Duration timeout,
      Callable<R> handler,
      Runnable expired,
      Runnable stuck)
      throws Exception {
    Deadline deadline = new Deadline(timer, timeout, expired, stuck);
    R result = null;
    Throwable failure = null;
    try {
      result = handler.call();
    } catch (Exception | Error e) {
      failure = e;
    }
    if (deadline.end() && result == null) {
      throw new InboardException(
          ErrorCode.TIMEOUT, null, "handle", "it was interrupted after " + timeout, failure);
    }
    if (failure instanceof Error error) {
      throw error;
    }
    if (failure instanceof Exception exception) {
      throw exception;
    }
    return result;
  }

  private synchronized void interrupt() {
    if (over) {
      return;
    }
    fired = true;
    expired.run();
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
  private synchronized boolean end() {
    over = true;
    alarm.cancel(false);
    if (fired) {
      Thread.interrupted();
    }
    return fired;
  }
}
