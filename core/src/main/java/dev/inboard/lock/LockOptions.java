package dev.inboard.lock;

import java.time.Duration;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * How a lock is held.
 *
 * @param lease how long it lasts unless it is renewed; at least 10 milliseconds
 * @param onLost when not null, the lock is renewed by itself for as long as it is not given back,
 *     and this is told when that is not possible any more
 */
public record LockOptions(Duration lease, @Nullable Consumer<HeldLock> onLost) {
  private static final Duration SHORTEST = Duration.ofMillis(10);

  /** Checks the lease. */
  public LockOptions {
    Objects.requireNonNull(lease, "lease");
    if (lease.compareTo(SHORTEST) < 0) {
      throw new IllegalArgumentException("a lease lasts at least 10 ms, not " + lease);
    }
  }

  /** A lock that ends after a while, unless the application renews it. */
  public static LockOptions lease(Duration lease) {
    return new LockOptions(lease, null);
  }

  /**
   * The same lock, renewed by itself three times per lease.
   *
   * @param onLost runs once, on a thread for handlers, when the lock was lost or can not be
   *     renewed: at the latest when a quarter of the lease is left, so that there is time to stop
   *     what the lock protects
   */
  public LockOptions renewing(Consumer<HeldLock> onLost) {
    return new LockOptions(lease, Objects.requireNonNull(onLost, "onLost"));
  }
}
