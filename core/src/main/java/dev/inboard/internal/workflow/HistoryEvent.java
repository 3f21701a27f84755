package dev.inboard.internal.workflow;

import dev.inboard.workflow.Failure;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One entry of an instance's history.
 *
 * <p><em>Inputs</em> are what happened to the instance; <em>requests</em> are what its code asked
 * for. {@code task} is the number of the request that an entry makes or answers.
 */
sealed interface HistoryEvent {
  /** Returns the number of the request this belongs to, or -1. */
  default int task() {
    return -1;
  }

  /** Something that happened to the instance. */
  sealed interface Input extends HistoryEvent {}

  /** Something the code asked for; replay must meet the same request again. */
  sealed interface Request extends HistoryEvent {
    /** Returns what the request is about, compared on replay. */
    String name();
  }

  /** Begins a turn. */
  record TurnStarted(long time) implements HistoryEvent {}

  /** An event of a kind that this release does not know. */
  record Unknown(int kind) implements HistoryEvent {}

  /** Ends the history. How, is in the instance's row. */
  record Finished() implements HistoryEvent {}

  /**
   * Ends the part that a rerun took from another instance: from here on the last turn goes on anew.
   *
   * @param replacement for the request of that number; null to leave it as it is
   */
  record Reopened(@Nullable Replacement replacement) implements HistoryEvent {}

  /** Another input for a request. */
  record Replacement(int task, byte @Nullable [] input) {}

  /** The first entry of a later generation: what it takes over. */
  record TakenOver(List<EventRaised> events, List<String> messageIds) implements Input {}

  /** An activity or a child gave a result. */
  record TaskCompleted(int task, byte @Nullable [] result) implements Input {}

  /**
   * An activity or a child failed.
   *
   * @param retryAt when the next attempt begins; -1 when there is none
   * @param details what an activity's last heartbeat said; null when it said nothing
   */
  record TaskFailed(int task, int attempt, Failure failure, long retryAt, byte @Nullable [] details)
      implements Input {
    TaskFailed(int task, int attempt, Failure failure, long retryAt) {
      this(task, attempt, failure, retryAt, null);
    }
  }

  /** A timer's time has come. */
  record TimerFired(int task) implements Input {}

  /** The pause before a child's next attempt is over. */
  record ChildRetried(int task, int attempt) implements Input {}

  /** Somebody raised an event. */
  record EventRaised(String name, byte @Nullable [] payload, String messageId) implements Input {}

  /** The instance was suspended. */
  record Suspended() implements Input {}

  /** The instance was resumed. */
  record Resumed() implements Input {}

  /** The instance was asked to cancel. */
  record CancelRequested(String reason) implements Input {}

  /** The instance was ended from outside. */
  record Terminated(String reason) implements Input {}

  /** An activity is to be run. */
  record ActivityScheduled(int task, String name, byte @Nullable [] input) implements Request {}

  /** A child is to be started. */
  record ChildScheduled(int task, String name, String childId, byte @Nullable [] input)
      implements Request {}

  /** An independent workflow is to be started. */
  record DetachedStarted(int task, String name, String id) implements Request {}

  /** A timer is set. */
  record TimerSet(int task, long fireAt) implements Request {
    @Override
    public String name() {
      return "";
    }
  }

  /** An event goes to another instance. */
  record EventSent(int task, String name, String target) implements Request {}

  /** A step ran and gave a result. */
  record StepCompleted(int task, String name, byte @Nullable [] result) implements Request {}

  /** A step ran and failed. */
  record StepFailed(int task, String name, Failure failure) implements Request {}

  /** The code went this way at a changed place. */
  record VersionChosen(int task, String name, int version) implements Request {}
}
