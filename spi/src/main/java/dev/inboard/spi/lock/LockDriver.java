package dev.inboard.spi.lock;

import dev.inboard.spi.Driver;
import java.time.Duration;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * One opened lock store: leases by key.
 *
 * <p>A lease belongs to its owner, a text that nobody else uses, until it is given back or its time
 * is over, whichever comes first. Leases are not re-entrant: an owner that asks again is refused
 * like anybody else. Keys arrive with their prefix, checked and never empty.
 */
public interface LockDriver extends Driver {
  /**
   * Takes a lease if nobody has one.
   *
   * @param lease how long it lasts, at least a millisecond
   * @return the fencing token, greater than that of every earlier lease on the key; null when
   *     somebody has a lease
   */
  CompletionStage<@Nullable Long> tryLock(String key, String owner, Duration lease);

  /**
   * Lets a lease last for a duration from now.
   *
   * @return false when the owner does not have it any more
   */
  CompletionStage<Boolean> renew(String key, String owner, Duration lease);

  /** Gives a lease back, if it is the owner's. */
  CompletionStage<Unlocking> unlock(String key, String owner);

  /** What came of giving a lease back. */
  enum Unlocking {
    /** The lease is over; another owner can take one. */
    RELEASED,
    /** Nobody has a lease. */
    NOT_HELD,
    /** Another owner has the lease, and keeps it. */
    HELD_BY_ANOTHER
  }
}
