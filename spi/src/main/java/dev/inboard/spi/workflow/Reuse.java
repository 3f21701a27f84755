package dev.inboard.spi.workflow;

/** Whether the id of a finished instance may be used again, which deletes the finished one. */
public enum Reuse {
  /** Yes. */
  ALLOW,
  /** Only if it did not end with a result. */
  ALLOW_IF_NOT_COMPLETED,
  /** No. */
  REJECT;

  /** Decides for a stored instance. An unfinished one is never replaced. */
  public boolean permits(InstanceStatus stored) {
    return switch (this) {
      case ALLOW -> stored.isFinished();
      case ALLOW_IF_NOT_COMPLETED -> stored.isFinished() && stored != InstanceStatus.COMPLETED;
      case REJECT -> false;
    };
  }
}
