package dev.inboard.spi;

import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Tells a driver whether the thread that calls it is going to do nothing but wait for the answer.
 *
 * <p>A driver whose client blocks may then do the work on that thread, and so spare the way to
 * another thread and back, which for a small statement costs as much as the statement. Otherwise it
 * must not block.
 */
public final class CallingThread {
  private static final ThreadLocal<@Nullable Boolean> WAITS = new ThreadLocal<>();

  private CallingThread() {}

  /** Says whether the calling thread waits for the answer to the call that it makes now. */
  public static boolean waits() {
    return WAITS.get() != null;
  }

  /**
   * Calls a driver from a thread that waits for the answer and that nothing is to wake before.
   *
   * @param call begins the call
   */
  public static <T> T waiting(Supplier<T> call) {
    WAITS.set(Boolean.TRUE);
    try {
      return call.get();
    } finally {
      WAITS.set(null); // cheaper than to remove it, and as small
    }
  }

  /**
   * Calls a driver from a thread that goes on without the answer, though it may wait for that to
   * another call.
   *
   * @param call begins the call
   */
  public static <T> T passing(Supplier<T> call) {
    Boolean before = WAITS.get();
    WAITS.set(null);
    try {
      return call.get();
    } finally {
      WAITS.set(before);
    }
  }
}
