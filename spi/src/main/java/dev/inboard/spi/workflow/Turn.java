package dev.inboard.spi.workflow;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Everything one turn of an instance changes.
 *
 * @param ownership by what right; the turn is written only if it is still valid
 * @param number the number of turns stored so far; the turn is written only if that is still so
 * @param progress the instance's progress afterwards. When its generation is higher than the stored
 *     one, the stored history is deleted first and {@code input} replaces the stored input. When
 *     its status is a finished one, the ownership ends and unread messages are deleted
 * @param input the input of the new generation; ignored otherwise
 * @param history appended to the history; may be empty
 * @param wakeAt when the instance needs attention if nobody owns it; null: only a message wakes it.
 *     An instance with unread messages needs attention in any case
 * @param release whether the ownership ends with this turn
 * @param inOrder whether the turn is fenced when the inbox holds messages that it does not consume,
 *     because they came before something that the turn holds
 * @param consumed the numbers of the messages to delete from the inbox
 * @param messages put into the inboxes of their targets; targets that are missing or finished are
 *     skipped
 * @param starts instances to create
 * @param tasks put into queues; when the turn finishes the instance or begins a generation, the
 *     tasks of the instance are removed first. Empty for a driver without {@link
 *     dev.inboard.spi.Feature#TASK_QUEUES}
 */
public record Turn(
    Ownership ownership,
    long number,
    Progress progress,
    byte @Nullable [] input,
    byte[] history,
    @Nullable Instant wakeAt,
    boolean release,
    boolean inOrder,
    List<Long> consumed,
    List<Message> messages,
    List<Start> starts,
    List<QueuedTask> tasks) {

  /** A turn that queues nothing. */
  public Turn(
      Ownership ownership,
      long number,
      Progress progress,
      byte @Nullable [] input,
      byte[] history,
      @Nullable Instant wakeAt,
      boolean release,
      boolean inOrder,
      List<Long> consumed,
      List<Message> messages,
      List<Start> starts) {
    this(
        ownership, number, progress, input, history, wakeAt, release, inOrder, consumed, messages,
        starts, List.of());
  }

  /** The same turn, which queues tasks. */
  public Turn withTasks(List<QueuedTask> queued) {
    return new Turn(
        ownership, number, progress, input, history, wakeAt, release, inOrder, consumed, messages,
        starts, queued);
  }

  /** Says whether this is the turn with which a later generation begins. */
  public boolean beginsGeneration() {
    return progress.generation() > 1 && progress.historyBytes() == history.length;
  }
}
