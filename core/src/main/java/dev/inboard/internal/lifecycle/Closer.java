package dev.inboard.internal.lifecycle;

import dev.inboard.internal.runtime.OpenedComponent;
import dev.inboard.spi.ComponentSpec;
import dev.inboard.spi.Driver;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Closes components one after the other; one that fails or hangs does not keep the others open. */
final class Closer {
  private static final Logger log = LoggerFactory.getLogger(Closer.class);

  private final Duration limit;
  private final String threadPrefix;

  /**
   * Prepares to close.
   *
   * @param limit the longest wait for one component
   */
  Closer(Duration limit, String threadPrefix) {
    this.limit = limit;
    this.threadPrefix = threadPrefix;
  }

  /**
   * Closes the components in the reverse of their order. Keeps the mark when this thread is
   * interrupted.
   */
  void closeInReverse(List<? extends OpenedComponent<?>> components) {
    List<OpenedComponent<?>> reverse = new ArrayList<>(components);
    Collections.reverse(reverse);
    boolean interrupted = Thread.interrupted();
    for (OpenedComponent<?> component : reverse) {
      interrupted |= !closeInTime(component.spec(), component.driver());
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /** Closes one driver. Keeps the mark when this thread is interrupted. */
  void close(ComponentSpec spec, Driver driver) {
    boolean interrupted = Thread.interrupted();
    interrupted |= !closeInTime(spec, driver);
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /** Closes one on a thread of its own; false when this thread was interrupted while it waited. */
  private boolean closeInTime(ComponentSpec spec, Driver driver) {
    Thread closing =
        new Thread(() -> closeQuietly(spec, driver), threadPrefix + "close-" + spec.name());
    closing.setDaemon(true);
    closing.start();
    long deadline = System.nanoTime() + limit.toNanos();
    boolean undisturbed = true;
    for (long left = limit.toMillis();
        left > 0 && closing.isAlive();
        left = (deadline - System.nanoTime()) / 1_000_000) {
      try {
        closing.join(left);
      } catch (InterruptedException e) {
        undisturbed = false;
      }
    }
    if (closing.isAlive()) {
      log.error(
          "{} is not closed after {}; going on without it", spec.label(), Waiting.text(limit));
    }
    return undisturbed;
  }

  private static void closeQuietly(ComponentSpec spec, Driver driver) {
    try {
      driver.close();
    } catch (RuntimeException | Error e) {
      log.error("{} failed to close", spec.label(), e);
    }
  }
}
