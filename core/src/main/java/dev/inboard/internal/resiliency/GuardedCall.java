package dev.inboard.internal.resiliency;

import dev.inboard.common.ErrorCode;
import dev.inboard.common.InboardException;
import dev.inboard.internal.runtime.CallPolicy;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** One call under a policy, from its first attempt to the outcome that counts. */
final class GuardedCall<R extends @Nullable Object> extends CompletableFuture<R>
    implements CallPolicy.Abandonable {
  private final OutboundPolicy policy;
  private final boolean isRead;
  private final Supplier<CompletionStage<R>> attempt;
  private final long begun = System.nanoTime();
  private int failed; // attempts; one attempt at a time counts, each begun by the one before

  GuardedCall(OutboundPolicy policy, boolean isRead, Supplier<CompletionStage<R>> attempt) {
    this.policy = policy;
    this.isRead = isRead;
    this.attempt = attempt;
  }

  /** Begins the next attempt, when bulkhead, rate limit and breaker let it. */
  void begin() {
    if (isDone()) {
      return;
    }
    if (policy.bulkhead() == null) {
      takePlace();
    } else {
      policy.bulkhead().enter(this::takePlace, () -> conclude(policy.bulkheadIsFull(), true));
    }
  }

  private void takePlace() {
    OutboundPolicy.RateLimited limited = policy.rateLimit();
    long wait = limited == null ? 0 : limited.limiter().reserve(limited.mostNanos());
    if (wait == RateLimiter.REFUSED) {
      leave();
      conclude(policy.rateIsReached(), true);
    } else if (wait == 0) {
      launch();
    } else {
      policy.later().after(wait, this::launch, this::endWaiting);
    }
  }

  private void endWaiting() {
    leave();
    completeExceptionally(policy.closing());
  }

  private void launch() {
    if (isDone()) {
      leave();
      return;
    }
    long permit = policy.permit();
    if (permit == CircuitBreaker.REFUSED) {
      leave();
      conclude(policy.breakerIsOpen(), false);
    } else {
      watch(OutboundPolicy.started(attempt), permit);
    }
  }

  /** Waits for the answer to an attempt that has begun. */
  void watch(CompletionStage<R> stage, long permit) {
    Attempt current = new Attempt(permit);
    stage.whenComplete(current);
    if (current.isOver()) {
      return;
    }
    if (policy.timeouts() != null) {
      policy.timeouts().watch(current);
    }
    if (isRead && policy.hedge() != null) {
      current.hedgeLater();
    }
  }

  private void leave() {
    if (policy.bulkhead() != null) {
      policy.bulkhead().leave();
    }
  }

  /**
   * Decides what follows from a failed attempt.
   *
   * @param mayRepeat whether trying again makes sense as far as the policy itself is concerned
   */
  private void conclude(Throwable failure, boolean mayRepeat) {
    failed++;
    RetryRule retry = policy.retry();
    ErrorCode code = Codes.of(failure);
    if (!mayRepeat
        || retry == null
        || code == null
        || !retry.repeats(code)
        || !retry.allows(failed, System.nanoTime() - begun)) {
      completeExceptionally(counted(failure));
    } else if (!isDone()) {
      policy.repeats();
      policy
          .later()
          .after(
              retry.pauses().delayAfter(failed).toNanos(),
              this::begin,
              () -> completeExceptionally(policy.closing()));
    }
  }

  /** Adds the number of attempts to a failure, where there were several. */
  private Throwable counted(Throwable failure) {
    return failed > 1 && failure instanceof InboardException e
        ? new InboardException(
            e.code(),
            policy.label(),
            e.operation(),
            e.reason() + " (attempt " + failed + ", the last one)",
            e)
        : failure;
  }

  @Override
  public void abandon() {
    cancel(false);
  }

  /**
   * One attempt: ends with its first good answer, with the last bad one, or when its time is over.
   */
  private final class Attempt implements BiConsumer<R, @Nullable Throwable>, Timeouts.Watched {
    private final long permit;
    private final AtomicInteger underWay = new AtomicInteger(1); // 0: it is over
    private int hedges; // one timer task at a time counts

    Attempt(long permit) {
      this.permit = permit;
    }

    @Override
    public void accept(R result, @Nullable Throwable failure) {
      if (failure == null) {
        if (underWay.getAndSet(0) > 0) {
          end(null);
          complete(result);
        }
      } else if (underWay.getAndUpdate(count -> Math.max(0, count - 1)) == 1) {
        Throwable cause = Codes.causeOf(failure);
        end(cause);
        conclude(cause, true);
      }
    }

    @Override
    public boolean isOver() {
      return underWay.get() == 0;
    }

    @Override
    public void expire() {
      if (policy.timeouts() != null && underWay.getAndSet(0) > 0) {
        policy.expires();
        InboardException timeout = policy.timeout(policy.timeouts());
        end(timeout);
        conclude(timeout, true);
      }
    }

    private void end(@Nullable Throwable failure) {
      policy.tell(permit, failure);
      leave();
    }

    private void hedgeLater() {
      if (policy.hedge() != null && hedges < policy.hedge().maxHedges()) {
        policy.later().after(policy.hedge().delay().toNanos(), this::hedge, () -> {});
      }
    }

    private void hedge() {
      if (underWay.getAndUpdate(count -> count == 0 ? 0 : count + 1) == 0) {
        return;
      }
      hedges++;
      OutboundPolicy.started(attempt).whenComplete(this);
      hedgeLater();
    }
  }
}
