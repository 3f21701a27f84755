package dev.inboard.workflow;

/** Tells who waits for an instance that it ended without a result. */
public class WorkflowFailedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final WorkflowStatus status;
  private final transient Failure failure;

  /** Makes one. */
  public WorkflowFailedException(String workflowId, WorkflowStatus status, Failure failure) {
    super("workflow '" + workflowId + "' ended " + status + ": " + failure);
    this.status = status;
    this.failure = failure;
  }

  /** Returns how it ended: {@code FAILED}, {@code CANCELLED} or {@code TERMINATED}. */
  public WorkflowStatus status() {
    return status;
  }

  /** Returns why. */
  public Failure failure() {
    return failure;
  }
}
