package dev.inboard.internal.resiliency;

import dev.inboard.spi.expressions.ExpressionEngine;
import java.util.Map;
import java.util.Set;

/** Knows conditions such as {@code totalFailures > 3}, and one that fails whenever it is asked. */
final class Comparisons implements ExpressionEngine {
  @Override
  public Condition compile(String source, Set<String> variables) {
    if (source.equals("broken")) {
      return (Map<String, ?> values) -> {
        throw new IllegalArgumentException("broken");
      };
    }
    String[] words = source.split(" ");
    if (words.length != 3 || !variables.contains(words[0])) {
      throw new IllegalArgumentException("unknown word " + words[0]);
    }
    return (Map<String, ?> values) ->
        ((Number) values.get(words[0])).longValue() > Long.parseLong(words[2]);
  }
}
