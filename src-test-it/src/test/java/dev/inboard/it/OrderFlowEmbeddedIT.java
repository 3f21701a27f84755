package dev.inboard.it;

import java.util.Map;

/** {@link OrderFlow} on the folder {@code embedded}. */
class OrderFlowEmbeddedIT extends OrderFlow {

  @Override
  String folder() {
    return "embedded";
  }

  @Override
  Map<String, String> secrets() {
    return Map.of();
  }

  @Override
  boolean keepsOrderPerKey() {
    return true;
  }
}
