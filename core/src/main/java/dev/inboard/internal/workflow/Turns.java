package dev.inboard.internal.workflow;

import dev.inboard.internal.workflow.HistoryEvent.Finished;
import dev.inboard.internal.workflow.HistoryEvent.TaskCompleted;
import dev.inboard.internal.workflow.HistoryEvent.TaskFailed;
import dev.inboard.internal.workflow.HistoryEvent.Terminated;
import dev.inboard.internal.workflow.HistoryEvent.TurnStarted;
import dev.inboard.spi.workflow.InstanceDefinition;
import dev.inboard.spi.workflow.InstanceStatus;
import dev.inboard.spi.workflow.Message;
import dev.inboard.spi.workflow.Ownership;
import dev.inboard.spi.workflow.Parent;
import dev.inboard.spi.workflow.Progress;
import dev.inboard.spi.workflow.Turn;
import dev.inboard.workflow.Failure;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Makes turns as the backend wants them. */
final class Turns {
  private Turns() {}

  /** Makes the turn that an execution has drafted. */
  static Turn of(Execution execution, Progress before, Ownership ownership) {
    Outcome outcome = execution.outcome();
    if (outcome instanceof Outcome.Continued continued) {
      return continued(execution, before, ownership, continued.input());
    } else if (outcome instanceof Outcome.Ended ended) {
      return ended(execution, before, ownership, ended);
    }
    Progress progress =
        progress(execution, before, execution.status(), execution.draft().events(), null, null);
    return turn(execution, before, ownership, progress, null, wakeAt(execution), List.of())
        .withTasks(execution.draft().tasks());
  }

  private static Turn ended(
      Execution execution, Progress before, Ownership ownership, Outcome.Ended ended) {
    TurnDraft draft = execution.draft();
    draft.add(new Finished());
    Failure failure = ended.failure();
    Progress progress =
        progress(execution, before, ended.status(), draft.events(), ended.output(), failure);
    List<Message> messages = new ArrayList<>(draft.messages());
    if (ended.status() == InstanceStatus.TERMINATED && failure != null) {
      endChildren(execution, failure.message(), messages);
    }
    Message answer = answer(execution.definition(), ended);
    if (answer != null) {
      messages.add(answer);
    }
    return turn(execution, before, ownership, progress, null, null, messages);
  }

  private static void endChildren(Execution execution, String reason, List<Message> messages) {
    for (PendingTask<?> task : execution.tasks().all()) {
      if (task instanceof ChildTask<?> child && child.retryAt() < 0) {
        String messageId = execution.definition().executionId() + "/end/" + child.number;
        messages.add(
            new Message(
                child.childId(), messageId, Envelope.toAny(new Terminated(reason)).encode()));
      }
    }
  }

  /** Returns what a finished instance tells its parent, or null when it has none. */
  static @Nullable Message answer(InstanceDefinition definition, Outcome.Ended ended) {
    Parent parent = definition.parent();
    if (parent == null) {
      return null;
    }
    HistoryEvent.Input event =
        ended.failure() == null
            ? new TaskCompleted(parent.task(), ended.output())
            : new TaskFailed(parent.task(), 0, ended.failure(), -1);
    Envelope envelope =
        new Envelope(parent.executionId(), parent.generation(), definition.id(), event);
    return new Message(parent.id(), definition.executionId() + "/answer", envelope.encode());
  }

  private static Turn continued(
      Execution execution, Progress before, Ownership ownership, byte @Nullable [] input) {
    List<HistoryEvent> first =
        List.of(new TurnStarted(execution.now()), execution.inputs().takeOver());
    byte[] history = EventCodec.encode(first);
    Progress progress =
        new Progress(
            InstanceStatus.RUNNING,
            before.generation() + 1,
            before.turn() + 1,
            execution.customStatus(),
            "",
            null,
            null,
            before.startedAt(),
            Instant.ofEpochMilli(execution.now()),
            null,
            first.size(),
            history.length);
    TurnDraft draft = execution.draft();
    return new Turn(
        ownership,
        before.turn(),
        progress,
        input,
        history,
        progress.updatedAt(),
        false,
        draft.isInOrder(),
        draft.consumed(),
        List.copyOf(draft.messages()),
        draft.starts());
  }

  private static Progress progress(
      Execution execution,
      Progress before,
      InstanceStatus status,
      List<HistoryEvent> events,
      byte @Nullable [] output,
      @Nullable Failure failure) {
    Instant now = Instant.ofEpochMilli(execution.now());
    return new Progress(
        status,
        before.generation(),
        before.turn() + 1,
        execution.customStatus(),
        status.isFinished() ? "" : execution.waitingFor(),
        output,
        failure == null ? null : Failures.encode(failure),
        before.startedAt() == null && !execution.isEarly() ? now : before.startedAt(),
        now,
        status.isFinished() ? now : null,
        before.events() + events.size(),
        before.historyBytes());
  }

  private static Turn turn(
      Execution execution,
      Progress before,
      Ownership ownership,
      Progress progress,
      byte @Nullable [] input,
      @Nullable Instant wakeAt,
      List<Message> endMessages) {
    TurnDraft draft = execution.draft();
    byte[] history = EventCodec.encode(draft.events());
    return new Turn(
        ownership,
        before.turn(),
        withBytes(progress, before.historyBytes() + history.length),
        input,
        history,
        wakeAt,
        false,
        draft.isInOrder(),
        draft.consumed(),
        endMessages.isEmpty() ? List.copyOf(draft.messages()) : endMessages,
        draft.starts());
  }

  private static Progress withBytes(Progress progress, long bytes) {
    return new Progress(
        progress.status(),
        progress.generation(),
        progress.turn(),
        progress.customStatus(),
        progress.waitingFor(),
        progress.output(),
        progress.failure(),
        progress.startedAt(),
        progress.updatedAt(),
        progress.finishedAt(),
        progress.events(),
        bytes);
  }

  /** Returns when somebody must look after the instance if its node dies. */
  private static @Nullable Instant wakeAt(Execution execution) {
    long now = execution.now();
    long earliest = execution.wantsTurn(now) ? now : execution.beginsAt();
    for (PendingTask<?> task : execution.tasks().all()) {
      if (earliest <= now) {
        break;
      }
      if (task instanceof ActivityTask<?> activity) {
        earliest =
            Math.min(earliest, activity.isQueued() ? activity.deadline() : activity.notBefore());
      } else if (task instanceof TimerTask timer) {
        earliest = Math.min(earliest, timer.fireAt);
      } else if (task instanceof ChildTask<?> child && child.retryAt() >= 0) {
        earliest = Math.min(earliest, child.retryAt());
      }
    }
    return earliest == Long.MAX_VALUE ? null : Instant.ofEpochMilli(earliest);
  }

  /**
   * Makes the turn that stores why an instance cannot go on; it stays with its owner, who tries
   * again.
   */
  static Turn stalled(
      Progress before, Ownership ownership, String reason, long now, Duration retry) {
    Instant time = Instant.ofEpochMilli(now);
    Progress progress =
        bare(before, InstanceStatus.STALLED, Failures.of("Stalled", reason, true), time);
    return bareTurn(before, ownership, progress, new byte[0], time.plus(retry), List.of());
  }

  /** Makes the turn that ends an instance whose code cannot be run. */
  static Turn terminated(
      InstanceDefinition definition,
      Progress before,
      Ownership ownership,
      String reason,
      long now) {
    Failure failure = Failures.of("Terminated", reason, false);
    Progress progress = bare(before, InstanceStatus.TERMINATED, failure, Instant.ofEpochMilli(now));
    Message answer =
        answer(definition, new Outcome.Ended(InstanceStatus.TERMINATED, null, failure));
    byte[] history =
        EventCodec.encode(List.of(new TurnStarted(now), new Terminated(reason), new Finished()));
    return bareTurn(
        before, ownership, progress, history, null, answer == null ? List.of() : List.of(answer));
  }

  private static Progress bare(
      Progress before, InstanceStatus status, Failure failure, Instant now) {
    return new Progress(
        status,
        before.generation(),
        before.turn() + 1,
        before.customStatus(),
        "",
        null,
        Failures.encode(failure),
        before.startedAt(),
        now,
        status.isFinished() ? now : null,
        before.events(),
        before.historyBytes());
  }

  private static Turn bareTurn(
      Progress before,
      Ownership ownership,
      Progress progress,
      byte[] history,
      @Nullable Instant wakeAt,
      List<Message> messages) {
    return new Turn(
        ownership,
        before.turn(),
        progress,
        null,
        history,
        wakeAt,
        false,
        false,
        List.of(),
        messages,
        List.of());
  }
}
