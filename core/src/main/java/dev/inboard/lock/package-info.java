/**
 * Locks that processes share: leases with an end, and a fencing token for what the lock protects.
 *
 * <p>{@link dev.inboard.lock.LockStore} blocks, {@link dev.inboard.lock.AsyncLockStore} does not;
 * both do the same.
 */
@org.jspecify.annotations.NullMarked
package dev.inboard.lock;
