package dev.inboard.internal.resiliency;

import dev.inboard.spi.telemetry.ComponentTelemetry;
import dev.inboard.spi.telemetry.PolicyTelemetry;
import dev.inboard.spi.telemetry.PolicyTelemetry.Kind;
import dev.inboard.spi.telemetry.PolicyTelemetry.Policy;
import dev.inboard.spi.telemetry.PolicyTelemetry.State;
import org.jspecify.annotations.Nullable;

/**
 * Tells who listens what the policies of one direction of a component do; null where there is no
 * such policy.
 */
record PolicyCounts(
    @Nullable PolicyTelemetry timeout,
    @Nullable PolicyTelemetry retry,
    @Nullable PolicyTelemetry breaker) {

  /** Returns null when nobody listens. */
  static @Nullable PolicyCounts of(
      @Nullable ComponentTelemetry telemetry, String document, Definitions found, boolean inbound) {
    return telemetry == null
        ? null
        : new PolicyCounts(
            found.timeout() == null
                ? null
                : telemetry.policy(new Policy(document, Kind.TIMEOUT, inbound)),
            found.retry() == null
                ? null
                : telemetry.policy(new Policy(document, Kind.RETRY, inbound)),
            found.breaker() == null
                ? null
                : telemetry.policy(new Policy(document, Kind.CIRCUIT_BREAKER, inbound)));
  }

  /** A call or a message begins. */
  void applied(@Nullable CircuitBreaker guard) {
    if (timeout != null) {
      timeout.applied(State.NONE);
    }
    if (retry != null) {
      retry.applied(State.NONE);
    }
    if (breaker != null && guard != null) {
      breaker.applied(told(guard.state()));
    }
  }

  void timedOut() {
    if (timeout != null) {
      timeout.activated(State.NONE);
    }
  }

  void repeated() {
    if (retry != null) {
      retry.activated(State.NONE);
    }
  }

  void changed(CircuitBreaker.State state) {
    if (breaker != null) {
      breaker.activated(told(state));
    }
  }

  private static State told(CircuitBreaker.State state) {
    return switch (state) {
      case CLOSED -> State.CLOSED;
      case HALF_OPEN -> State.HALF_OPEN;
      case OPEN -> State.OPEN;
    };
  }
}
