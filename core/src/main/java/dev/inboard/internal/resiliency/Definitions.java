package dev.inboard.internal.resiliency;

import dev.inboard.internal.resources.ResiliencyResource.Bulkhead;
import dev.inboard.internal.resources.ResiliencyResource.CircuitBreaker;
import dev.inboard.internal.resources.ResiliencyResource.Hedge;
import dev.inboard.internal.resources.ResiliencyResource.RateLimit;
import dev.inboard.internal.resources.ResiliencyResource.Retry;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What the documents say about one direction of one component; null where they say nothing.
 *
 * @param breakerName under which the breaker is defined
 */
record Definitions(
    @Nullable Duration timeout,
    @Nullable Retry retry,
    @Nullable String breakerName,
    @Nullable CircuitBreaker breaker,
    @Nullable Bulkhead bulkhead,
    @Nullable RateLimit rateLimit,
    @Nullable Hedge hedge) {
  static final Definitions NONE = new Definitions(null, null, null, null, null, null, null);

  boolean isNone() {
    return timeout == null
        && retry == null
        && breaker == null
        && bulkhead == null
        && rateLimit == null
        && hedge == null;
  }

  /** Says whether nothing changed, without {@code equals} where there is nothing to compare. */
  boolean isSameAs(Definitions other) {
    return isNone() ? other.isNone() : equals(other);
  }
}
