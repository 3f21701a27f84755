package dev.inboard.internal.lock;

import dev.inboard.common.ErrorCode;
import dev.inboard.common.InboardException;
import dev.inboard.internal.runtime.OpenedComponent;
import dev.inboard.internal.runtime.RuntimeContext;
import dev.inboard.lock.AsyncLockStore;
import dev.inboard.lock.HeldLock;
import dev.inboard.lock.LockOptions;
import dev.inboard.lock.LockStore;
import dev.inboard.spi.lock.LockDriver;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;

/** A lock store over the driver of one component. Safe for use by many threads. */
public final class DefaultLockStore implements LockStore {
  private static final long FIRST_PAUSE_MILLIS = 10;
  private static final long LONGEST_PAUSE_MILLIS = 500;

  private final OpenedComponent<LockDriver> component;
  private final LockRequests requests;
  private final AsyncLockStore async;

  /** Makes a lock store. */
  public DefaultLockStore(OpenedComponent<LockDriver> component, RuntimeContext context) {
    this.component = component;
    this.requests = new LockRequests(component, context);
    this.async = new DefaultAsyncLockStore(component, requests, context);
  }

  @Override
  public String name() {
    return component.spec().name();
  }

  @Override
  public Optional<HeldLock> tryLock(String resource, LockOptions options) {
    return requests.calls.await(requests.tryLock(resource, options));
  }

  @Override
  public HeldLock lock(String resource, LockOptions options, Duration patience) {
    long end = System.nanoTime() + patience.toNanos();
    for (int attempt = 0; ; attempt++) {
      Optional<HeldLock> lock = tryLock(resource, options);
      if (lock.isPresent()) {
        return lock.get();
      }
      long pause = Math.min(pauseNanos(attempt), end - System.nanoTime());
      if (pause <= 0) {
        throw timeout(component, resource, patience);
      }
      try {
        Thread.sleep(pause / 1_000_000, (int) (pause % 1_000_000));
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new InboardException(
            ErrorCode.CANCELLED,
            component.label(),
            "lock '" + resource + "'",
            "the thread was interrupted while it waited",
            e);
      }
    }
  }

  static InboardException timeout(
      OpenedComponent<LockDriver> component, String resource, Duration patience) {
    return new InboardException(
        ErrorCode.TIMEOUT,
        component.label(),
        "lock '" + resource + "'",
        "somebody else had it for all of " + patience.toMillis() + " ms");
  }

  /** Longer and longer, and never the same for two that wait. */
  static long pauseNanos(int attempt) {
    long most =
        Math.min(LONGEST_PAUSE_MILLIS, FIRST_PAUSE_MILLIS << Math.min(attempt, 10)) * 1_000_000;
    return ThreadLocalRandom.current().nextLong(most / 2, most);
  }

  @Override
  public AsyncLockStore async() {
    return async;
  }
}
