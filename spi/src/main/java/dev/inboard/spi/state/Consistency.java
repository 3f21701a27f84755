package dev.inboard.spi.state;

/** When a write counts as done on a store with replicas. */
public enum Consistency {
  /** When the store that was asked has it. */
  EVENTUAL,
  /** When the replicas have it too, as far as the store can wait for them. */
  STRONG
}
