package dev.inboard.spi.workflow;

/** Where an instance stands. */
public enum InstanceStatus {
  /** Created, not begun. */
  PENDING,
  /** Begun, not finished. */
  RUNNING,
  /** Stopped by request; records what arrives and goes on when resumed. */
  SUSPENDED,
  /** Cannot go on with the code that is deployed; goes on after a fix. */
  STALLED,
  /** Finished with a result. */
  COMPLETED,
  /** Finished with an exception. */
  FAILED,
  /** Finished early, cleaning up after itself, because it was asked to. */
  CANCELLED,
  /** Ended from outside. */
  TERMINATED;

  /** Says whether nothing will happen to it any more. */
  public boolean isFinished() {
    return switch (this) {
      case COMPLETED, FAILED, CANCELLED, TERMINATED -> true;
      case PENDING, RUNNING, SUSPENDED, STALLED -> false;
    };
  }
}
