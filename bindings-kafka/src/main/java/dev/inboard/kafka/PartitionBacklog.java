package dev.inboard.kafka;

import java.util.ArrayDeque;
import java.util.Deque;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;

/**
 * The messages of a partition from the oldest that is not handled to the last one fetched, and with
 * that the offset to commit. Guarded by the lock of its {@link Backlog}.
 */
final class PartitionBacklog {
  final TopicPartition name;
  final Deque<Message> window = new ArrayDeque<>();
  final HandledOffsets handledBefore; // beyond the committed offset, by whoever had the partition
  private long end; // the offset after the last one fetched
  long committed;
  String committedMetadata;
  int inFlight;
  int ready;
  int handled; // within the window
  boolean draining;

  /** Begins where the group's last commit says. */
  PartitionBacklog(TopicPartition name, OffsetAndMetadata committed) {
    this.name = name;
    this.end = committed.offset();
    this.committed = committed.offset();
    this.committedMetadata = committed.metadata();
    this.handledBefore = HandledOffsets.parse(committed.offset(), committed.metadata());
  }

  /** Goes on elsewhere, because the broker has lost what was to come. */
  void restart(long offset) {
    end = offset;
  }

  /** Returns the offset that is fetched next. */
  long end() {
    return end;
  }

  void fetchedTo(long next) {
    end = Math.max(end, next);
  }

  /** Counts a message as handled, and forgets what is handled without a gap. */
  void handled(Message message) {
    message.state = Message.State.DONE;
    handled++;
    for (Message first = window.peek();
        first != null && first.state == Message.State.DONE;
        first = window.peek()) {
      window.remove();
      handled--;
    }
  }

  /** Returns the offset up to which everything is handled; it is the next one to be delivered. */
  long position() {
    Message first = window.peek();
    return first == null ? end : first.record.offset();
  }

  /** Returns how many of the fetched messages are not handled. */
  int unhandled() {
    return window.size() - handled;
  }

  /** Returns what is handled beyond the {@link #position}. */
  HandledOffsets handledBeyond() {
    return handled == 0 ? HandledOffsets.NONE : HandledOffsets.of(position(), window);
  }
}
