package dev.inboard.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class HandledOffsetsTest {
  private static final TopicPartition NAME = new TopicPartition("orders", 0);

  private final PartitionBacklog partition = new PartitionBacklog(NAME, new OffsetAndMetadata(100));

  private List<Message> messages(int count) {
    List<Message> messages = new ArrayList<>();
    for (int n = 0; n < count; n++) {
      Message message =
          new Message(
              new ConsumerRecord<>("orders", 0, 100 + n, new byte[0], new byte[0]),
              partition,
              null);
      messages.add(message);
      partition.window.add(message);
    }
    partition.fetchedTo(100 + count);
    return messages;
  }

  @Test
  @DisplayName("the position is the oldest message that is not handled; gaps travel as metadata")
  void gapsTravelAsMetadata() {
    List<Message> messages = messages(10);
    for (int n : new int[] {0, 1, 3, 9}) {
      partition.handled(messages.get(n));
    }
    assertThat(partition.position()).isEqualTo(102);
    HandledOffsets read = HandledOffsets.parse(102, partition.handledBeyond().metadata());
    assertThat(java.util.stream.LongStream.range(90, 120).filter(read::contains))
        .containsExactly(103L, 109L);
    messages.forEach(
        message -> {
          if (message.state != Message.State.DONE) {
            partition.handled(message);
          }
        });
    assertThat(partition.position()).isEqualTo(110);
    assertThat(partition.handledBeyond().metadata()).isEmpty();
  }

  @Test
  @DisplayName("the largest gap that there can be fits into what brokers take")
  void largestGapFits() {
    List<Message> messages = messages(Backlog.MOST_UNCOMMITTED + 500);
    messages.stream().skip(1).forEach(partition::handled);
    assertThat(partition.handledBeyond().metadata()).hasSizeLessThan(4_096);
  }

  @Test
  @DisplayName("metadata of other people says nothing")
  void foreignMetadataSaysNothing() {
    assertThat(HandledOffsets.parse(5, "").bits().isEmpty()).isTrue();
    assertThat(HandledOffsets.parse(5, "sarama").bits().isEmpty()).isTrue();
    assertThat(HandledOffsets.parse(5, "inboard1:?").bits().isEmpty()).isTrue();
  }
}
