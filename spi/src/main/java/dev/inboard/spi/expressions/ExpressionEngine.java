package dev.inboard.spi.expressions;

import java.util.Map;
import java.util.Set;

/**
 * Compiles conditions. Found by {@link java.util.ServiceLoader}; stateless; safe for many threads.
 * At most one on the class path.
 */
public interface ExpressionEngine {
  /**
   * Compiles a condition in CEL, the language of Dapr's routing rules.
   *
   * @param variables the names the condition may use
   * @throws IllegalArgumentException when it does not compile; the message says where and why
   */
  Condition compile(String source, Set<String> variables);

  /** A compiled condition; safe for many threads. */
  @FunctionalInterface
  interface Condition {
    /**
     * Decides.
     *
     * @param variables by name: JSON-like values (maps, lists, texts, numbers, truth values, null)
     * @throws IllegalArgumentException when it cannot be evaluated or does not give a truth value
     */
    boolean test(Map<String, ?> variables);
  }
}
