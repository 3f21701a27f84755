package dev.inboard.internal.pubsub;

import dev.inboard.spi.expressions.ExpressionEngine;
import java.util.Map;
import java.util.Set;

/** Knows {@code attribute=value}, and {@code !} for a condition that cannot be evaluated. */
final class LittleExpressions implements ExpressionEngine {
  @Override
  public Condition compile(String source, Set<String> variables) {
    if (source.equals("!")) {
      return event -> {
        throw new IllegalArgumentException("no such key");
      };
    }
    int equals = source.indexOf('=');
    if (equals < 0) {
      throw new IllegalArgumentException("1:1: expected '='");
    }
    String name = source.substring(0, equals);
    String value = source.substring(equals + 1);
    return all -> value.equals(String.valueOf(((Map<?, ?>) all.get("event")).get(name)));
  }
}
