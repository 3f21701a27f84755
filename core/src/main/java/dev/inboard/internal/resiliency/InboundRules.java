package dev.inboard.internal.resiliency;

import dev.inboard.internal.resources.ResiliencyResource.Bulkhead;
import dev.inboard.internal.resources.ResiliencyResource.CircuitBreaker;
import dev.inboard.internal.resources.ResiliencyResource.RateLimit;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What resource files say about handling what a component delivers; null where they say nothing.
 *
 * @param timeout after which a handler is interrupted
 */
public record InboundRules(
    @Nullable Duration timeout,
    @Nullable RetryRule retry,
    @Nullable BreakerRule breaker,
    @Nullable Bulkhead bulkhead,
    @Nullable RateLimit rateLimit,
    @Nullable PolicyCounts counts) {
  /** Nothing at all. */
  public static final InboundRules NONE = new InboundRules(null, null, null, null, null, null);

  /** Says whether anything decides when a handler may run. */
  boolean hasGate() {
    return breaker != null || bulkhead != null || rateLimit != null;
  }

  /** A circuit breaker to be made. */
  record BreakerRule(String name, CircuitBreaker definition, Trip trip) {}
}
