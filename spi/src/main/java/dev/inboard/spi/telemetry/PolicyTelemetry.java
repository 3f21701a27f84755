package dev.inboard.spi.telemetry;

/**
 * Listens to one resiliency policy of one direction of a component. Called by many threads, for
 * every call: nothing here may block or throw.
 */
public interface PolicyTelemetry {
  /** A call, or a message, begins under the policy. */
  void applied(State state);

  /**
   * The policy did something: a retry is about to be made, a time was over, a breaker has changed
   * to another state.
   */
  void activated(State state);

  /** The state of a circuit breaker. */
  enum State {
    /** It is no circuit breaker. */
    NONE,
    /** Calls are made. */
    CLOSED,
    /** A few calls are made, to see how they go. */
    HALF_OPEN,
    /** No calls are made. */
    OPEN
  }

  /** What a policy limits. */
  enum Kind {
    /** The time of an attempt. */
    TIMEOUT,
    /** How often something is attempted. */
    RETRY,
    /** Whether something is attempted at all. */
    CIRCUIT_BREAKER
  }

  /**
   * A policy.
   *
   * @param document the name of the resource that defines it, or empty
   * @param inbound whether it is about what the component brings, not about calls to it
   */
  record Policy(String document, Kind kind, boolean inbound) {}
}
