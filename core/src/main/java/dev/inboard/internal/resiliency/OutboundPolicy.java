package dev.inboard.internal.resiliency;

import dev.inboard.common.ErrorCode;
import dev.inboard.common.InboardException;
import dev.inboard.internal.resources.ResiliencyResource.Hedge;
import dev.inboard.internal.runtime.CallPolicy;
import dev.inboard.internal.runtime.DriverCalls;
import dev.inboard.spi.telemetry.ComponentTelemetry;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What stands around the calls to one component: retry( bulkhead( rate limit( circuit breaker(
 * timeout( hedge( call)))))).
 *
 * <p>An attempt that is answered at once costs the breaker's count and nothing else. Safe for use
 * by many threads.
 *
 * @param label of the component, as every error begins
 * @param telemetry is told of repeated attempts; null: nobody listens
 * @param counts null: as well
 */
record OutboundPolicy(
    String label,
    @Nullable ComponentTelemetry telemetry,
    @Nullable PolicyCounts counts,
    Later later,
    @Nullable RetryRule retry,
    @Nullable Bulkhead bulkhead,
    @Nullable RateLimited rateLimit,
    @Nullable CircuitBreaker breaker,
    @Nullable String breakerName,
    @Nullable Timeouts timeouts,
    @Nullable Hedge hedge)
    implements CallPolicy {

  /** A limiter, and how long a call waits for it. */
  record RateLimited(RateLimiter limiter, long mostNanos) {}

  @Override
  public <R extends @Nullable Object> CompletionStage<R> call(
      boolean isRead, Supplier<CompletionStage<R>> attempt) {
    if (counts != null) {
      counts.applied(breaker);
    }
    if (bulkhead != null || rateLimit != null) {
      GuardedCall<R> call = new GuardedCall<>(this, isRead, attempt);
      call.begin();
      return call;
    }
    long permit = permit();
    if (permit == CircuitBreaker.REFUSED) {
      return CompletableFuture.failedFuture(breakerIsOpen());
    }
    CompletionStage<R> stage = started(attempt);
    if (DriverCalls.isAtHand(stage)) {
      if (breaker != null) {
        breaker.succeeded(permit);
      }
      return stage;
    }
    GuardedCall<R> call = new GuardedCall<>(this, isRead, attempt);
    call.watch(stage, permit);
    return call;
  }

  /** Starts an attempt; whatever it throws is its outcome. */
  static <R extends @Nullable Object> CompletionStage<R> started(
      Supplier<CompletionStage<R>> attempt) {
    try {
      return attempt.get();
    } catch (RuntimeException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  /** Tells that a failed attempt is repeated. */
  void repeats() {
    if (telemetry != null) {
      telemetry.retried(null);
    }
    if (counts != null) {
      counts.repeated();
    }
  }

  /** Tells that the time of an attempt was over. */
  void expires() {
    if (counts != null) {
      counts.timedOut();
    }
  }

  long permit() {
    return breaker == null ? 0 : breaker.tryAcquire();
  }

  /** Tells the breaker how the call of a permit ended. */
  void tell(long permit, @Nullable Throwable failure) {
    if (breaker == null) {
      return;
    }
    ErrorCode code = Codes.of(failure);
    if (failure == null || (!Codes.isFault(code) && code != ErrorCode.CANCELLED)) {
      breaker.succeeded(permit);
    } else if (code == ErrorCode.CANCELLED) {
      breaker.forgotten(permit);
    } else {
      breaker.failed(permit);
    }
  }

  InboardException breakerIsOpen() {
    long millis = breaker == null ? 0 : breaker.nanosToNextProbe() / 1_000_000;
    return failure(
        ErrorCode.UNAVAILABLE,
        "the circuit breaker '"
            + breakerName
            + "' is open because earlier calls failed; nothing was sent; the next call is let"
            + " through in "
            + millis
            + " ms");
  }

  InboardException bulkheadIsFull() {
    return failure(
        ErrorCode.EXHAUSTED,
        "as many calls are under way as the bulkhead allows; nothing was sent; call less at one"
            + " time, or raise maxConcurrent or maxWait");
  }

  InboardException rateIsReached() {
    return failure(
        ErrorCode.EXHAUSTED,
        "the rate limit is reached; nothing was sent; call more slowly, or raise limit or maxWait");
  }

  InboardException timeout(Timeouts reached) {
    return failure(
        ErrorCode.TIMEOUT,
        "no answer within "
            + reached.limit().toMillis()
            + " ms, as the resiliency policy says; the call may have taken effect");
  }

  InboardException closing() {
    return failure(ErrorCode.CANCELLED, "the runtime is closing; it is not tried again");
  }

  private InboardException failure(ErrorCode code, String reason) {
    return new InboardException(code, label, "call", reason);
  }
}
