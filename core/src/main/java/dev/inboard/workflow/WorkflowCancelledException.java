package dev.inboard.workflow;

/**
 * Thrown once by whatever the workflow waits for, or next waits for, when the instance is asked to
 * cancel. The code may clean up with further calls; if it lets the exception pass, the instance
 * ends as {@link WorkflowStatus#CANCELLED}.
 */
public class WorkflowCancelledException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** Makes one. */
  public WorkflowCancelledException(String reason) {
    super(reason);
  }
}
