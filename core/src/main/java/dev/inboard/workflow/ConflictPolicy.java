package dev.inboard.workflow;

/** What a start does when an unfinished instance has the id. */
public enum ConflictPolicy {
  /** It fails with {@code CONFLICT}. */
  FAIL,
  /** It returns that instance. */
  USE_EXISTING,
  /** It terminates that instance, waits for its end, and starts the new one. */
  TERMINATE_EXISTING
}
