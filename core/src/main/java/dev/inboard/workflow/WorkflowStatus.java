package dev.inboard.workflow;

/** Where an instance stands. */
public enum WorkflowStatus {
  /** Asked for, not begun. */
  PENDING,
  /** Begun, not finished. */
  RUNNING,
  /** Stopped by {@link Workflows#suspend}. What arrives is kept. */
  SUSPENDED,
  /**
   * The code that is deployed does not fit what the instance has done. Goes on by itself once it
   * does.
   */
  STALLED,
  /** Finished with a result. */
  COMPLETED,
  /** Finished with an exception. */
  FAILED,
  /** Finished early because it was asked to. */
  CANCELLED,
  /** Ended by {@link Workflows#terminate}. */
  TERMINATED;

  /** Says whether nothing will happen to it any more. */
  public boolean isFinished() {
    return switch (this) {
      case COMPLETED, FAILED, CANCELLED, TERMINATED -> true;
      case PENDING, RUNNING, SUSPENDED, STALLED -> false;
    };
  }
}
