package dev.inboard.lock;

import java.time.Duration;
import java.util.Optional;

/**
 * Takes locks in the component that the resource file names.
 *
 * <pre>{@code
 * LockStore locks = inboard.lock("locks");
 * try (HeldLock lock = locks.lock("invoice-17", LockOptions.lease(Duration.ofSeconds(30)), Duration.ofSeconds(10))) {
 *   archive.write(invoice, lock.token());
 * }
 * }</pre>
 *
 * <h2>Resources</h2>
 *
 * What is locked is a name: not empty, without {@code ||}. The store sees it behind the component's
 * prefix ({@code keyPrefix}, by default the application's id), so other applications have other
 * locks.
 *
 * <h2>Leases</h2>
 *
 * Every lock has an end, so that a process that dies locks nothing for ever. Locks are not
 * re-entrant: whoever takes a lock twice waits for itself.
 *
 * <h2>Threads</h2>
 *
 * Safe for use by many threads. Calls block until the store answers.
 *
 * <h2>Errors</h2>
 *
 * Every failure is an {@link dev.inboard.common.InboardException}. After a failed attempt to take a
 * lock it is given back in the background, in case the store has carried the attempt out; at the
 * latest it ends with its lease.
 */
public interface LockStore {
  /** Returns the component's name. */
  String name();

  /** Takes a lock if it is free; empty when it is not. */
  Optional<HeldLock> tryLock(String resource, LockOptions options);

  /**
   * Takes a lock, waiting until it is free. Nobody is promised a turn: of those who wait, any may
   * be next.
   *
   * @param patience the longest wait
   * @throws dev.inboard.common.InboardException {@code TIMEOUT} when it was not free in that time;
   *     {@code CANCELLED} when the thread is interrupted, which keeps its interrupt flag
   */
  HeldLock lock(String resource, LockOptions options, Duration patience);

  /** Returns the same verbs without blocking. */
  AsyncLockStore async();
}
