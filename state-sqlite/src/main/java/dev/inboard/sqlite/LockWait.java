package dev.inboard.sqlite;

import java.time.Duration;
import org.sqlite.BusyHandler;

/**
 * Waits for a lock that another process holds, looking every few milliseconds whether it is free.
 *
 * <p>A process that writes without pause lets go of the lock for moments only. SQLite's own wait
 * soon looks but ten times a second, misses these moments, and gives up.
 */
final class LockWait extends BusyHandler {
  private static final int LONGEST_SLEEP_MILLIS = 5;

  private final Duration longest;
  private long began; // one connection, hence one thread at a time

  LockWait(Duration longest) {
    this.longest = longest;
  }

  /**
   * Called by SQLite when it does not get a lock.
   *
   * @param waits how often it was called before for the same lock
   * @return 0 to give up
   */
  @Override
  protected int callback(int waits) {
    return sleeps(waits) ? 1 : 0;
  }

  /** Sleeps before another look; says no when there is to be none. */
  boolean sleeps(int waits) {
    long now = System.nanoTime();
    if (waits == 0) {
      began = now;
    }
    if (now - began >= longest.toNanos()) {
      return false;
    }
    try {
      Thread.sleep(Math.min(1 + waits / 100, LONGEST_SLEEP_MILLIS));
      return true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }
}
