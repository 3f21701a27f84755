package dev.inboard.workflow;

import java.time.Duration;

/** Tells workflow code that the time it gave a task is over. */
public class TaskTimeoutException extends TaskFailedException {
  private static final long serialVersionUID = 1L;

  /** Makes one. */
  public TaskTimeoutException(String task, Duration timeout) {
    super(
        task,
        new Failure(
            TaskTimeoutException.class.getName(), "not done within " + timeout, "", null, false));
  }
}
