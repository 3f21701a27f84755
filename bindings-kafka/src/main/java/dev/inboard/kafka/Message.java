package dev.inboard.kafka;

import dev.inboard.spi.pubsub.InboundMessage;
import java.util.Arrays;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/** A record that was fetched, and how far it has come. Guarded by the lock of its backlog. */
final class Message {
  private static final int OVERHEAD = 200; // bytes of a record and its bookkeeping, roughly

  final ConsumerRecord<byte[], byte[]> record;
  final PartitionBacklog partition;
  final @Nullable Lane lane; // null: waits for no other
  State state = State.WAITING;
  @Nullable Message behind; // the next one of its lane
  int failures;
  long readyAt; // System.nanoTime, while it rests

  /** Where a message stands. */
  enum State {
    /** Behind another one of its lane. */
    WAITING,
    /** Its turn has come. */
    READY,
    /** The receiver has it. */
    IN_FLIGHT,
    /** It has failed, and is ready again after a pause. */
    RESTING,
    /** Handled. */
    DONE,
    /** Its partition was given up. */
    GONE
  }

  /**
   * Messages of one lane are delivered one after the other.
   *
   * @param key null: the lane of the whole partition
   */
  record Lane(TopicPartition partition, byte @Nullable [] key) {
    @Override
    public boolean equals(@Nullable Object other) {
      return other instanceof Lane lane
          && Arrays.equals(key, lane.key)
          && partition.equals(lane.partition);
    }

    @Override
    public int hashCode() {
      return 31 * Arrays.hashCode(key) + partition.hashCode();
    }
  }

  Message(ConsumerRecord<byte[], byte[]> record, PartitionBacklog partition, @Nullable Lane lane) {
    this.record = record;
    this.partition = partition;
    this.lane = lane;
  }

  /** Makes what the receiver gets: a record without a value reads {@code null}, as JSON has it. */
  InboundMessage inbound(HeaderRules headers) {
    byte[] value = record.value();
    return new InboundMessage(
        record.partition() + ":" + record.offset(),
        record.topic(),
        value == null ? Tombstone.TEXT.clone() : value,
        null,
        new RecordMetadata(headers, record),
        0);
  }

  int bytes() {
    return OVERHEAD
        + Math.max(0, record.serializedKeySize())
        + Math.max(0, record.serializedValueSize());
  }
}
