package dev.inboard.kafka;

import dev.inboard.common.InboardException;
import dev.inboard.kafka.ConsumerOptions.Strategy;
import dev.inboard.spi.ComponentSpec;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;

/** Makes the consumers of a component. Safe for many threads. */
final class KafkaConsumers {
  private static final Duration TOPIC_CREATION = Duration.ofSeconds(3);
  private static final long LOOK_AGAIN_MILLIS = 100;

  private final String label;
  private final String clientId;
  private final ConsumerOptions options;
  private final boolean mayFallBack;
  private volatile boolean fellBack; // set once

  KafkaConsumers(ComponentSpec spec) {
    this.label = spec.label();
    this.clientId = ConnectionOptions.clientId(spec);
    this.options = ConsumerOptions.from(spec);
    this.mayFallBack = ConsumerOptions.strategyIsOpen(spec);
  }

  ConsumerOptions options() {
    return options;
  }

  KafkaConsumer<byte[], byte[]> create(List<String> topics) {
    Map<String, Object> properties = new HashMap<>(options.properties());
    // Equal ids would collide in the JVM's management beans.
    properties.put(ConsumerConfig.CLIENT_ID_CONFIG, clientId + "-" + String.join("-", topics));
    if (fellBack) {
      properties.put(
          ConsumerConfig.PARTITION_ASSIGNMENT_STRATEGY_CONFIG, Strategy.RANGE.assignor.getName());
    }
    return new KafkaConsumer<>(properties);
  }

  /** Goes over to what sidecars use, when the file leaves that open; says no otherwise. */
  boolean fallBack() {
    boolean possible = mayFallBack && !fellBack;
    fellBack = fellBack || possible;
    return possible;
  }

  /** Makes sure that each topic exists, or that asking for it has created it. */
  void requireTopics(Consumer<byte[], byte[]> consumer, List<String> topics) {
    for (String topic : topics) {
      long deadline = System.nanoTime() + TOPIC_CREATION.toNanos();
      while (consumer.partitionsFor(topic).isEmpty()) {
        if (System.nanoTime() - deadline > 0) {
          throw KafkaErrors.missingTopic(label, "subscribe to '" + topic + "'", topic);
        }
        pause();
      }
    }
  }

  private void pause() {
    try {
      Thread.sleep(LOOK_AGAIN_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InboardException(
          dev.inboard.common.ErrorCode.CANCELLED, label, "subscribe", "interrupted", e);
    }
  }
}
