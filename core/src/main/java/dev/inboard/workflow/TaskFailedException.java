package dev.inboard.workflow;

/** Tells workflow code that something it asked for has failed for good. */
public class TaskFailedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final transient Failure failure;
  private final String task;

  /**
   * Makes one.
   *
   * @param task kind and name, such as {@code activity 'charge'}
   */
  public TaskFailedException(String task, Failure failure) {
    super(task + " failed: " + failure);
    this.task = task;
    this.failure = failure;
  }

  /** Returns what failed, such as {@code activity 'charge'}. */
  public String task() {
    return task;
  }

  /** Returns why. */
  public Failure failure() {
    return failure;
  }
}
