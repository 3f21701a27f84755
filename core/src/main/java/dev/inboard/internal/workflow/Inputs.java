package dev.inboard.internal.workflow;

import dev.inboard.internal.workflow.HistoryEvent.CancelRequested;
import dev.inboard.internal.workflow.HistoryEvent.ChildRetried;
import dev.inboard.internal.workflow.HistoryEvent.EventRaised;
import dev.inboard.internal.workflow.HistoryEvent.Input;
import dev.inboard.internal.workflow.HistoryEvent.Resumed;
import dev.inboard.internal.workflow.HistoryEvent.Suspended;
import dev.inboard.internal.workflow.HistoryEvent.TakenOver;
import dev.inboard.internal.workflow.HistoryEvent.TaskCompleted;
import dev.inboard.internal.workflow.HistoryEvent.TaskFailed;
import dev.inboard.internal.workflow.HistoryEvent.Terminated;
import dev.inboard.internal.workflow.HistoryEvent.TimerFired;
import dev.inboard.spi.workflow.InstanceStatus;
import dev.inboard.workflow.WorkflowCancelledException;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What came into an execution: which inputs it lets in, what they do to its tasks, and the state
 * that they leave.
 */
final class Inputs {
  /** How many message ids of the past are remembered to recognize a repetition. */
  private static final int REMEMBERED_MESSAGES = 1_000;

  private final Execution execution;
  private final EventQueue events = new EventQueue();
  private final Set<String> messageIds = new LinkedHashSet<>();
  private long settled;
  private boolean suspended;
  private boolean cancelPending;
  private @Nullable String cancelReason;

  Inputs(Execution execution) {
    this.execution = execution;
  }

  EventQueue events() {
    return events;
  }

  /** Returns how many tasks are settled; the next one gets the next number. */
  long settled() {
    return settled;
  }

  boolean isSuspended() {
    return suspended;
  }

  boolean isCancelRequested() {
    return cancelReason != null;
  }

  /** Says whether the code has not been told yet that it is to be cancelled. */
  boolean isCancelPending() {
    return cancelPending;
  }

  void throwIfCancelled() {
    if (cancelPending && cancelReason != null && !suspended) {
      cancelPending = false;
      throw new WorkflowCancelledException(cancelReason);
    }
  }

  /** Returns what the next generation takes over. */
  TakenOver takeOver() {
    return new TakenOver(events.untaken(), List.copyOf(messageIds));
  }

  /** Returns the input to record, or null when it has no meaning here (any more). */
  @Nullable Input admit(Envelope envelope) {
    if (!envelope.isFor(execution.definition().executionId(), execution.generation())) {
      return null;
    }
    Input input = envelope.event();
    if (input instanceof EventRaised raised) {
      return messageIds.contains(raised.messageId()) ? null : input;
    } else if (input instanceof Suspended) {
      return suspended ? null : input;
    } else if (input instanceof Resumed) {
      return suspended ? input : null;
    } else if (input instanceof CancelRequested) {
      return cancelReason == null ? input : null;
    } else if (input instanceof Terminated) {
      return input;
    }
    PendingTask<?> task = execution.tasks().get(input.task());
    return task == null ? null : Answers.admit(task, envelope, execution.now());
  }

  /** Lets an input take effect. */
  void apply(Input input) {
    if (input instanceof TaskCompleted completed) {
      settle(completed.task()).complete(completed.result(), ++settled);
    } else if (input instanceof TaskFailed failed) {
      failed(failed);
    } else if (input instanceof TimerFired fired) {
      fired(settle(fired.task()));
    } else if (input instanceof EventRaised raised) {
      remember(raised.messageId());
      events.raised(raised, ++settled);
    } else if (input instanceof TakenOver takenOver) {
      takenOver.messageIds().forEach(this::remember);
      takenOver.events().forEach(event -> events.raised(event, ++settled));
    } else if (input instanceof ChildRetried retried) {
      retried((ChildTask<?>) task(retried.task()));
    } else if (input instanceof Suspended) {
      suspended = true;
    } else if (input instanceof Resumed) {
      suspended = false;
    } else if (input instanceof CancelRequested cancel) {
      cancelReason = cancel.reason();
      cancelPending = true;
    } else if (input instanceof Terminated terminated) {
      execution.end(
          Outcome.failed(
              InstanceStatus.TERMINATED, Failures.of("Terminated", terminated.reason(), false)));
    }
  }

  private void fired(PendingTask<?> timer) {
    timer.complete(null, ++settled);
    if (execution.isNew() && timer instanceof TimerTask due) {
      execution.draft().fired(due);
    }
  }

  private void retried(ChildTask<?> child) {
    child.retry();
    if (execution.isNew()) {
      execution.draft().start(Requests.child(execution, child));
    }
  }

  private void failed(TaskFailed failed) {
    if (failed.retryAt() < 0) {
      settle(failed.task()).fail(failed.failure(), ++settled);
      return;
    }
    PendingTask<?> task = task(failed.task());
    if (task instanceof ActivityTask<?> activity) {
      activity.retry(failed.retryAt(), failed.details());
    } else if (task instanceof ChildTask<?> child) {
      child.pauseUntil(failed.retryAt());
    }
    execution.begin(task);
  }

  private PendingTask<?> settle(int number) {
    PendingTask<?> task = task(number);
    execution.tasks().remove(task);
    return task;
  }

  private PendingTask<?> task(int number) {
    PendingTask<?> task = execution.tasks().get(number);
    if (task == null) {
      throw execution.stall(
          "the history holds an answer to request " + number + ", which the code has not made");
    }
    return task;
  }

  private void remember(String messageId) {
    messageIds.add(messageId);
    if (messageIds.size() > REMEMBERED_MESSAGES) {
      messageIds.remove(messageIds.iterator().next());
    }
  }
}
