package dev.inboard.local.workflow;

import dev.inboard.spi.workflow.InboxMessage;
import dev.inboard.spi.workflow.InstanceDefinition;
import dev.inboard.spi.workflow.InstanceRecord;
import dev.inboard.spi.workflow.Message;
import dev.inboard.spi.workflow.Ownership;
import dev.inboard.spi.workflow.Progress;
import dev.inboard.spi.workflow.StoredInstance;
import dev.inboard.spi.workflow.Turn;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** One instance with everything that belongs to it. Not thread-safe. */
final class StoredRow {
  InstanceDefinition definition;
  Progress progress;
  @Nullable String owner;
  long epoch;
  @Nullable Instant wakeAt;
  int recoveries;

  /** The owner died; the next one recovers it. */
  boolean orphaned;

  /** Under which time the row waits in the queue of unowned instances, or null when it does not. */
  @Nullable Instant queuedAt;

  private final List<byte[]> history = new ArrayList<>();
  private final List<InboxMessage> inbox = new ArrayList<>();
  private long lastMessage;

  StoredRow(InstanceDefinition definition, long epoch) {
    this.definition = definition;
    this.progress = Progress.created(definition.createdAt());
    this.epoch = epoch;
    this.wakeAt = definition.startAt();
  }

  String id() {
    return definition.id();
  }

  boolean isFinished() {
    return progress.status().isFinished();
  }

  /** Returns when it finished, which it has. */
  Instant finishedAt() {
    return Objects.requireNonNull(progress.finishedAt(), "not finished");
  }

  boolean hasMail() {
    return !inbox.isEmpty();
  }

  List<InboxMessage> inbox() {
    return List.copyOf(inbox);
  }

  /** Says whether a turn or a release may be written by this right. */
  boolean isOwnedBy(Ownership ownership) {
    return ownership.node().equals(owner) && ownership.epoch() == epoch;
  }

  /** Says whether there are no unread messages but these. */
  boolean isRead(List<Long> consumed) {
    return inbox.stream().allMatch(message -> consumed.contains(message.number()));
  }

  boolean put(Message message) {
    if (inbox.stream().anyMatch(unread -> unread.messageId().equals(message.messageId()))) {
      return false;
    }
    inbox.add(new InboxMessage(++lastMessage, message.messageId(), message.payload()));
    return true;
  }

  /** Writes the part of a turn that concerns this instance itself. */
  void apply(Turn turn) {
    if (turn.progress().generation() > progress.generation()) {
      history.clear();
      definition = definition.withInput(turn.input());
    }
    if (turn.history().length > 0) {
      history.add(turn.history());
    }
    if (!turn.consumed().isEmpty()) {
      inbox.removeIf(message -> turn.consumed().contains(message.number()));
    }
    progress = turn.progress();
    wakeAt = turn.wakeAt();
    recoveries = 0;
    if (isFinished()) {
      inbox.clear();
      wakeAt = null;
    }
    if (isFinished() || turn.release()) {
      owner = null;
    }
  }

  InstanceRecord toRecord() {
    return new InstanceRecord(
        definition,
        progress,
        owner == null ? null : new Ownership(id(), 0, owner, epoch),
        wakeAt,
        recoveries);
  }

  StoredInstance stored() {
    return new StoredInstance(toRecord(), List.copyOf(history), inbox());
  }
}
