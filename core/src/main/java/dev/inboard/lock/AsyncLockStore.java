package dev.inboard.lock;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * The verbs of {@link LockStore} without blocking.
 *
 * <p>Nothing is thrown; every future that fails does so with an {@link
 * dev.inboard.common.InboardException}. Functions attached without an executor may run on the
 * thread of the store's client: do not block in them.
 */
public interface AsyncLockStore {
  /** See {@link LockStore#tryLock}. */
  CompletableFuture<Optional<HeldLock>> tryLock(String resource, LockOptions options);

  /**
   * See {@link LockStore#lock}. Cancelling the future ends the wait; a lock that comes all the same
   * is given back.
   */
  CompletableFuture<HeldLock> lock(String resource, LockOptions options, Duration patience);

  /** See {@link HeldLock#renew}. */
  CompletableFuture<Boolean> renew(HeldLock lock);

  /** See {@link HeldLock#unlock}. */
  CompletableFuture<Boolean> unlock(HeldLock lock);
}
