package dev.inboard.internal.workflow;

import dev.inboard.internal.workflow.HistoryEvent.ChildRetried;
import dev.inboard.internal.workflow.HistoryEvent.Input;
import dev.inboard.internal.workflow.HistoryEvent.TaskCompleted;
import dev.inboard.internal.workflow.HistoryEvent.TaskFailed;
import dev.inboard.internal.workflow.HistoryEvent.TimerFired;
import org.jspecify.annotations.Nullable;

/** Decides what an answer means to the task it is for. */
final class Answers {
  private Answers() {}

  /** Returns what to record, or null when the task does not wait for this. */
  static @Nullable Input admit(PendingTask<?> task, Envelope envelope, long now) {
    if (task instanceof ActivityTask<?> activity) {
      return activity(activity, envelope.event(), now);
    } else if (task instanceof ChildTask<?> child) {
      return child(child, envelope, now);
    }
    return envelope.event() instanceof TimerFired ? envelope.event() : null;
  }

  private static @Nullable Input activity(ActivityTask<?> task, Input answer, long now) {
    if (answer instanceof TaskCompleted) {
      return answer;
    }
    if (answer instanceof TaskFailed failed && failed.attempt() == task.attempt()) {
      long retryAt = task.retryAt(failed.failure(), now);
      return new TaskFailed(
          failed.task(), failed.attempt(), failed.failure(), retryAt, failed.details());
    }
    return null;
  }

  private static @Nullable Input child(ChildTask<?> task, Envelope envelope, long now) {
    if (envelope.event() instanceof ChildRetried retried) {
      return task.retryAt() >= 0 && retried.attempt() == task.attempt() + 1 ? retried : null;
    }
    if (task.retryAt() >= 0 || !envelope.sender().equals(task.childId())) {
      return null;
    }
    if (envelope.event() instanceof TaskFailed failed) {
      long retryAt = task.retryAt(failed.failure(), now);
      return new TaskFailed(failed.task(), task.attempt(), failed.failure(), retryAt);
    }
    return envelope.event() instanceof TaskCompleted ? envelope.event() : null;
  }
}
