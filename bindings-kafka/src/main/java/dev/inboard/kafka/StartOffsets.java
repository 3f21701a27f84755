package dev.inboard.kafka;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.common.TopicPartition;

/**
 * Where a group begins in partitions in which it has committed nothing.
 *
 * <p>At first that is what {@code initialOffset} says. Partitions that come later, because the
 * topic has grown, begin with everything published since the subscription stood, so that nothing is
 * missed between their making and their discovery.
 *
 * @param sinceMillis 0: the subscription does not stand yet
 */
record StartOffsets(boolean fromOldest, long sinceMillis) {
  /** Clocks of publishers may be late by so much. */
  private static final Duration CLOCK_SLACK = Duration.ofMinutes(5);

  static StartOffsets first(boolean fromOldest) {
    return new StartOffsets(fromOldest, 0);
  }

  /** The rule from the moment on at which the subscription stands. */
  static StartOffsets later(StartOffsets before) {
    return before.sinceMillis != 0
        ? before
        : new StartOffsets(before.fromOldest, System.currentTimeMillis() - CLOCK_SLACK.toMillis());
  }

  Map<TopicPartition, OffsetAndMetadata> of(
      Consumer<byte[], byte[]> consumer, Set<TopicPartition> partitions) {
    Map<TopicPartition, OffsetAndMetadata> starts = new HashMap<>();
    if (partitions.isEmpty()) {
      return starts;
    }
    Map<TopicPartition, Long> offsets =
        fromOldest ? consumer.beginningOffsets(partitions) : consumer.endOffsets(partitions);
    offsets.forEach((partition, offset) -> starts.put(partition, new OffsetAndMetadata(offset)));
    if (!fromOldest && sinceMillis != 0) {
      Map<TopicPartition, OffsetAndTimestamp> since =
          consumer.offsetsForTimes(
              partitions.stream()
                  .collect(Collectors.toMap(partition -> partition, partition -> sinceMillis)));
      since.forEach(
          (partition, found) -> {
            if (found != null) {
              starts.put(partition, new OffsetAndMetadata(found.offset()));
            }
          });
    }
    return starts;
  }
}
