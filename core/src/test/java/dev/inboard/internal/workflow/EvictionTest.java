package dev.inboard.internal.workflow;

/** The same features when every instance is thrown out of memory whenever it comes to rest. */
class EvictionTest extends WorkflowFeaturesTest {
  @Override
  int evictPercent() {
    return 100;
  }
}
