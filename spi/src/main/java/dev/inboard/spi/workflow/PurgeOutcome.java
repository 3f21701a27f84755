package dev.inboard.spi.workflow;

/** What became of a request to delete an instance. */
public enum PurgeOutcome {
  /** It is deleted. */
  PURGED,
  /** There was none. */
  NOT_FOUND,
  /** It has not finished, and deleting it was not forced. */
  NOT_FINISHED
}
