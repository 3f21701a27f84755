package dev.inboard.internal.lock;

import dev.inboard.common.ErrorCode;
import dev.inboard.common.InboardException;
import dev.inboard.internal.runtime.OpenedComponent;
import dev.inboard.internal.runtime.RuntimeContext;
import dev.inboard.lock.AsyncLockStore;
import dev.inboard.lock.HeldLock;
import dev.inboard.lock.LockOptions;
import dev.inboard.spi.lock.LockDriver;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The lock store without blocking. */
final class DefaultAsyncLockStore implements AsyncLockStore {
  private final OpenedComponent<LockDriver> component;
  private final LockRequests requests;
  private final RuntimeContext context;

  DefaultAsyncLockStore(
      OpenedComponent<LockDriver> component, LockRequests requests, RuntimeContext context) {
    this.component = component;
    this.requests = requests;
    this.context = context;
  }

  @Override
  public CompletableFuture<Optional<HeldLock>> tryLock(String resource, LockOptions options) {
    return requests.calls.start(() -> requests.tryLock(resource, options));
  }

  @Override
  public CompletableFuture<HeldLock> lock(String resource, LockOptions options, Duration patience) {
    Attempts attempts = new Attempts(resource, options, patience);
    attempts.next(0);
    return attempts.outcome;
  }

  @Override
  public CompletableFuture<Boolean> renew(HeldLock lock) {
    return with(lock, DefaultHeldLock::renewAsync);
  }

  @Override
  public CompletableFuture<Boolean> unlock(HeldLock lock) {
    return with(lock, DefaultHeldLock::unlockAsync);
  }

  private CompletableFuture<Boolean> with(
      HeldLock lock, Function<DefaultHeldLock, CompletableFuture<Boolean>> verb) {
    return lock instanceof DefaultHeldLock ours
        ? verb.apply(ours)
        : CompletableFuture.failedFuture(
            new InboardException(
                ErrorCode.INVALID_ARGUMENT,
                component.label(),
                "renew or unlock",
                "the lock does not come from a lock store"));
  }

  /** Attempts to take one lock, until one succeeds, fails, or the time is over. */
  private final class Attempts {
    private final CompletableFuture<HeldLock> outcome = new CompletableFuture<>();
    private final String resource;
    private final LockOptions options;
    private final Duration patience;
    private final long end;

    Attempts(String resource, LockOptions options, Duration patience) {
      this.resource = resource;
      this.options = options;
      this.patience = patience;
      this.end = System.nanoTime() + patience.toNanos();
    }

    void next(int attempt) {
      call().whenComplete((lock, failure) -> ended(attempt, lock, failure));
    }

    private CompletionStage<@Nullable HeldLock> call() {
      return tryLock(resource, options).thenApply(lock -> lock.orElse(null));
    }

    private void ended(int attempt, @Nullable HeldLock lock, @Nullable Throwable failure) {
      if (failure != null) {
        outcome.completeExceptionally(
            failure instanceof CompletionException e && e.getCause() != null
                ? e.getCause()
                : failure);
      } else if (lock == null) {
        waitAndTryAgain(attempt);
      } else if (!outcome.complete(lock)) { // cancelled meanwhile
        CompletableFuture<Boolean> unused = unlock(lock);
      }
    }

    private void waitAndTryAgain(int attempt) {
      long pause = Math.min(DefaultLockStore.pauseNanos(attempt), end - System.nanoTime());
      if (outcome.isDone()) {
        return;
      }
      if (pause <= 0) {
        outcome.completeExceptionally(DefaultLockStore.timeout(component, resource, patience));
        return;
      }
      try {
        Future<?> unused =
            context.timer().schedule(() -> next(attempt + 1), pause, TimeUnit.NANOSECONDS);
      } catch (RejectedExecutionException closed) {
        outcome.completeExceptionally(
            new InboardException(
                ErrorCode.CANCELLED,
                component.label(),
                "lock '" + resource + "'",
                "the runtime is closed"));
      }
    }
  }
}
