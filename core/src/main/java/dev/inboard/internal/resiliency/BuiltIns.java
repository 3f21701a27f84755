package dev.inboard.internal.resiliency;

import dev.inboard.internal.resources.ResiliencyResource.Growth;
import dev.inboard.internal.resources.ResiliencyResource.Retry;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The retry policies that exist without being defined, as Dapr has them. */
final class BuiltIns {
  private static final String NOT_FOUND = "DaprBuiltInActorNotFoundRetries";
  private static final int LEAST_RETRIES = 3;

  private static final Map<String, Retry> POLICIES =
      Map.of(
          "DaprBuiltInServiceRetries",
          constant(3),
          "DaprBuiltInActorRetries",
          constant(3),
          NOT_FOUND,
          constant(5),
          "DaprBuiltInActorReminderRetries",
          exponential(Duration.ofMinutes(1), Duration.ofMinutes(15), -1),
          "DaprBuiltInInitializationRetries",
          exponential(Duration.ofSeconds(1), Duration.ofSeconds(10), 3));

  private BuiltIns() {}

  /**
   * Finds a policy: a defined one, else a built-in. Who redefines a built-in cannot go below three
   * retries, nor change the one of actors that are not found.
   */
  static @Nullable Retry find(String name, Map<String, Retry> defined) {
    Retry builtIn = POLICIES.get(name);
    Retry own = defined.get(name);
    if (builtIn == null || own == null) {
      return own == null ? builtIn : own;
    }
    if (name.equals(NOT_FOUND)) {
      return builtIn;
    }
    return own.maxRetries() >= LEAST_RETRIES ? own : withRetries(own, LEAST_RETRIES);
  }

  private static Retry constant(int retries) {
    return new Retry(
        Growth.CONSTANT,
        Duration.ofSeconds(1),
        Duration.ofMillis(500),
        1.5,
        0.5,
        Duration.ofMinutes(1),
        null,
        retries,
        List.of(),
        List.of());
  }

  private static Retry exponential(Duration maxInterval, Duration maxElapsed, int retries) {
    return new Retry(
        Growth.EXPONENTIAL,
        Duration.ofSeconds(5),
        Duration.ofMillis(500),
        1.5,
        0.5,
        maxInterval,
        maxElapsed,
        retries,
        List.of(),
        List.of());
  }

  private static Retry withRetries(Retry policy, int retries) {
    return new Retry(
        policy.growth(),
        policy.duration(),
        policy.initialInterval(),
        policy.multiplier(),
        policy.randomizationFactor(),
        policy.maxInterval(),
        policy.maxElapsedTime(),
        retries,
        policy.httpStatusCodes(),
        policy.grpcStatusCodes());
  }
}
