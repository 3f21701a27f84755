package dev.inboard.internal.workflow;

import org.jspecify.annotations.Nullable;

/** What all tasks of the engine can say about themselves. */
interface Settled {
  /** Returns the place of the moment it was settled in the order of all such moments, or -1. */
  long settledAt();

  /** Returns kind and name, for messages. */
  String label();

  /** Returns the execution it belongs to; null for a composite of nothing. */
  @Nullable Execution execution();

  /** Returns the result, or throws why there is none. Only when settled. */
  @Nullable Object value();

  /** Says whether it is settled. */
  default boolean isSettled() {
    return settledAt() >= 0;
  }
}
