package dev.inboard.workflow;

import dev.inboard.internal.workflow.Tasks;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Something a workflow has asked for and may wait for. Belongs to the workflow's thread.
 *
 * @param <T> what it gives
 */
public interface Task<T extends @Nullable Object> {
  /**
   * Waits for the result.
   *
   * @throws TaskFailedException when it failed
   * @throws WorkflowCancelledException when the workflow is asked to cancel while it waits
   */
  T await();

  /**
   * Waits for the result, but not for ever. The time limit is durable.
   *
   * @param timeout zero or less: only a result that is there already will do
   * @throws TaskTimeoutException when the time is over; the task goes on, and an event that comes
   *     later waits for the next to ask
   */
  T await(Duration timeout);

  /** Says whether the result, or the failure, is there. */
  boolean isDone();

  /**
   * Waits for all: done when every task is. {@link #await} gives the results in the order of the
   * arguments; if any failed it throws the first failure, the others added as suppressed.
   */
  static <T extends @Nullable Object> Task<List<T>> all(List<? extends Task<? extends T>> tasks) {
    return Tasks.all(tasks);
  }

  /**
   * Waits for the first: done when one task is, and gives the one that finished first, failed or
   * not.
   */
  static Task<Task<?>> any(List<? extends Task<?>> tasks) {
    return Tasks.any(tasks);
  }

  /** Waits for the first of these. */
  static Task<Task<?>> any(Task<?>... tasks) {
    return Tasks.any(List.of(tasks));
  }
}
