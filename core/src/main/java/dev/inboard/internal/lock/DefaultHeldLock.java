package dev.inboard.internal.lock;

import dev.inboard.common.InboardException;
import dev.inboard.internal.runtime.RuntimeContext;
import dev.inboard.lock.HeldLock;
import dev.inboard.lock.LockOptions;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A lock in this process' hands.
 *
 * <p>The lease is counted from before the store was asked, so that it never seems longer here than
 * it is there.
 */
final class DefaultHeldLock implements HeldLock {
  private static final Logger log = LoggerFactory.getLogger(DefaultHeldLock.class);

  private enum Phase {
    HELD,
    LOST,
    GIVEN_BACK
  }

  private final LockRequests requests;
  private final RuntimeContext context;
  private final String resource;
  private final String key;
  private final String owner;
  private final long token;
  private final LockOptions options;
  private final AtomicReference<Phase> phase = new AtomicReference<>(Phase.HELD);
  private volatile long end; // in System.nanoTime(); written when a renewal succeeded

  DefaultHeldLock(
      LockRequests requests,
      RuntimeContext context,
      String resource,
      String key,
      String owner,
      long token,
      LockOptions options,
      long begin) {
    this.requests = requests;
    this.context = context;
    this.resource = resource;
    this.key = key;
    this.owner = owner;
    this.token = token;
    this.options = options;
    this.end = begin + options.lease().toNanos();
  }

  @Override
  public String resource() {
    return resource;
  }

  @Override
  public long token() {
    return token;
  }

  String key() {
    return key;
  }

  String owner() {
    return owner;
  }

  Duration lease() {
    return options.lease();
  }

  @Override
  public Duration remaining() {
    return phase.get() == Phase.HELD
        ? Duration.ofNanos(Math.max(0, end - System.nanoTime()))
        : Duration.ZERO;
  }

  @Override
  public boolean isHeld() {
    return phase.get() == Phase.HELD && end - System.nanoTime() > 0;
  }

  @Override
  public boolean renew() {
    long begin = System.nanoTime();
    return phase.get() == Phase.HELD && renewed(begin, requests.calls.await(requests.renew(this)));
  }

  CompletableFuture<Boolean> renewAsync() {
    if (phase.get() != Phase.HELD) {
      return CompletableFuture.completedFuture(false);
    }
    long begin = System.nanoTime();
    return requests.calls.start(() -> requests.renew(this)).thenApply(yes -> renewed(begin, yes));
  }

  private boolean renewed(long begin, boolean renewed) {
    if (!renewed) {
      lose();
      return false;
    }
    end = begin + lease().toNanos();
    if (options.onLost() != null) {
      guard(end);
    }
    return true;
  }

  @Override
  public boolean unlock() {
    return phase.getAndSet(Phase.GIVEN_BACK) != Phase.GIVEN_BACK
        && requests.calls.await(requests.unlock(this));
  }

  CompletableFuture<Boolean> unlockAsync() {
    return phase.getAndSet(Phase.GIVEN_BACK) == Phase.GIVEN_BACK
        ? CompletableFuture.completedFuture(false)
        : requests.calls.start(() -> requests.unlock(this));
  }

  @Override
  public void close() {
    try {
      unlock();
    } catch (InboardException e) {
      log.warn("a lock was not given back and ends with its lease: {}", e.getMessage());
    }
  }

  // automatic renewal

  /** Begins to renew the lock by itself, where the options ask for that. */
  DefaultHeldLock keptAlive() {
    if (options.onLost() != null) {
      later(lease().dividedBy(3), this::renewAgain);
      guard(end);
    }
    return this;
  }

  private void renewAgain() {
    if (phase.get() != Phase.HELD) {
      return;
    }
    renewal()
        .whenComplete(
            (renewed, failure) -> {
              if (failure != null) { // until the guard gives up
                later(lease().dividedBy(12), this::renewAgain);
              } else if (renewed) {
                later(lease().dividedBy(3), this::renewAgain);
              }
            });
  }

  private CompletionStage<Boolean> renewal() {
    return renewAsync();
  }

  /** Gives the lock up when a quarter of the lease is left and nothing has renewed it. */
  private void guard(long guarded) {
    long left = guarded - lease().dividedBy(4).toNanos() - System.nanoTime();
    later(
        Duration.ofNanos(Math.max(0, left)),
        () -> {
          if (end == guarded) {
            lose();
          }
        });
  }

  private void lose() {
    if (phase.compareAndSet(Phase.HELD, Phase.LOST)) {
      Consumer<HeldLock> onLost = options.onLost();
      if (onLost != null) {
        context.handlers().execute(() -> onLost.accept(this));
      }
    }
  }

  private void later(Duration delay, Runnable task) {
    try {
      Future<?> unused = context.timer().schedule(task, delay.toNanos(), TimeUnit.NANOSECONDS);
    } catch (RejectedExecutionException closed) {
      lose();
    }
  }

  @Override
  public String toString() {
    return "lock of '" + resource + "' with token " + token + (isHeld() ? "" : ", over");
  }
}
