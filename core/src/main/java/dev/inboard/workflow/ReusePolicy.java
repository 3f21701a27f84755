package dev.inboard.workflow;

/**
 * Whether an id may be used again after its instance has finished. The finished instance is
 * deleted.
 */
public enum ReusePolicy {
  /** Yes. */
  ALLOW,
  /** Only if it ended without a result. */
  ALLOW_IF_NOT_COMPLETED,
  /** No. */
  REJECT
}
