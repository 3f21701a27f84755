package dev.inboard.workflow;

/**
 * Whether an id may be used again after its instance has finished. If so, the finished instance is
 * deleted.
 */
public enum ReusePolicy {
  /** Yes. */
  ALLOW,
  /** Only if it ended without a result. */
  ALLOW_IF_NOT_COMPLETED,
  /** No: the start fails with {@code CONFLICT}. */
  REJECT,
  /** No: the start returns the finished instance. */
  USE_EXISTING
}
