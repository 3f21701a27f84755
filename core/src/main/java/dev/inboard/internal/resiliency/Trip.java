package dev.inboard.internal.resiliency;

import dev.inboard.spi.expressions.ExpressionEngine;
import dev.inboard.spi.expressions.ExpressionEngine.Condition;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Decides after a failure whether a circuit breaker opens. Safe for many threads. */
interface Trip {
  /** What a condition may ask about. */
  Set<String> VARIABLES =
      Set.of(
          "requests",
          "totalSuccesses",
          "totalFailures",
          "consecutiveSuccesses",
          "consecutiveFailures");

  /** Matches the condition that nearly everybody writes, for which no engine is needed. */
  Pattern CONSECUTIVE = Pattern.compile("\\s*consecutiveFailures\\s*(>=|>)\\s*(\\d{1,9})\\s*");

  /** What happened since the breaker changed its state, or since its interval began. */
  record Counts(
      long requests,
      long totalSuccesses,
      long totalFailures,
      long consecutiveSuccesses,
      long consecutiveFailures) {}

  boolean opens(Counts counts);

  /**
   * Opens after so many failures in a row.
   *
   * @param failures at least 1
   */
  record Consecutive(long failures) implements Trip {
    @Override
    public boolean opens(Counts counts) {
      return counts.consecutiveFailures() >= failures;
    }
  }

  /** Opens when a condition holds; one that cannot be evaluated does not hold. */
  record Expression(Condition condition) implements Trip {
    @Override
    public boolean opens(Counts counts) {
      try {
        return condition.test(
            Map.of(
                "requests", counts.requests(),
                "totalSuccesses", counts.totalSuccesses(),
                "totalFailures", counts.totalFailures(),
                "consecutiveSuccesses", counts.consecutiveSuccesses(),
                "consecutiveFailures", counts.consecutiveFailures()));
      } catch (IllegalArgumentException e) {
        return false;
      }
    }
  }

  /** Says whether a condition needs no engine. */
  static boolean isSimple(String source) {
    return CONSECUTIVE.matcher(source).matches();
  }

  /**
   * Compiles a condition.
   *
   * @throws IllegalArgumentException when it does not compile, or needs an engine and there is none
   */
  static Trip compile(String source, @Nullable ExpressionEngine engine) {
    Matcher consecutive = CONSECUTIVE.matcher(source);
    if (consecutive.matches()) {
      long bound = Long.parseLong(consecutive.group(2));
      return new Consecutive(Math.max(1, consecutive.group(1).equals(">") ? bound + 1 : bound));
    }
    if (engine == null) {
      throw new IllegalArgumentException("there is no engine of conditions");
    }
    return new Expression(engine.compile(source, VARIABLES));
  }
}
