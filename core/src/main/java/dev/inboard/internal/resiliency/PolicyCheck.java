package dev.inboard.internal.resiliency;

import dev.inboard.internal.resources.Problems;
import dev.inboard.internal.resources.ResiliencyResource;
import dev.inboard.spi.expressions.ExpressionEngine;
import org.jspecify.annotations.Nullable;

/** Finds policies that are written well but cannot work. */
public final class PolicyCheck {
  private PolicyCheck() {}

  /**
   * Compiles the conditions that open circuit breakers.
   *
   * @param engine null: there is none on the class path
   */
  public static void check(
      ResiliencyResource resource, @Nullable ExpressionEngine engine, Problems problems) {
    resource
        .circuitBreakers()
        .forEach(
            (name, breaker) -> {
              if (engine == null && !Trip.isSimple(breaker.trip())) {
                problems.report(
                    breaker.origin(),
                    "circuit breaker '" + name + "': its trip needs an engine of conditions",
                    "add the dependency inboard-expressions-cel, or write 'consecutiveFailures >"
                        + " 5'");
                return;
              }
              try {
                Trip.compile(breaker.trip(), engine);
              } catch (IllegalArgumentException e) {
                problems.report(
                    breaker.origin(),
                    "circuit breaker '" + name + "': its trip does not compile: " + e.getMessage(),
                    "correct it");
              }
            });
  }
}
