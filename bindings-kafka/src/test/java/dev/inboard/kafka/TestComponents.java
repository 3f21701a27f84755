package dev.inboard.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.inboard.common.InboardException;
import dev.inboard.spi.ComponentSpec;
import dev.inboard.spi.bindings.BindingDriver;
import dev.inboard.spi.pubsub.InboundMessage;
import dev.inboard.spi.pubsub.PubSubDriver;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;

/** Opens components as the tests need them, and waits for their answers. */
final class TestComponents {
  private TestComponents() {}

  /** Opens a pub/sub component from fields and their values in turn. */
  static PubSubDriver pubSub(String... fields) {
    return new KafkaPubSubProvider().open(spec("bus", "pubsub.kafka", fields));
  }

  static BindingDriver binding(String... fields) {
    return new KafkaBindingProvider().open(spec("intake", "bindings.kafka", fields));
  }

  /** Without an {@code authType} it is none; members hear soon of each other, and die soon. */
  static ComponentSpec spec(String name, String type, String... fields) {
    Map<String, String> metadata =
        new HashMap<>(
            Map.of("authType", "none", "heartbeatInterval", "300ms", "sessionTimeout", "6s"));
    for (int i = 0; i < fields.length; i += 2) {
      metadata.put(fields[i], fields[i + 1]);
    }
    return ComponentSpec.of(name, type, metadata);
  }

  static String freshTopic(String brokers, int partitions) {
    String topic = "topic-" + UUID.randomUUID();
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", brokers))) {
      admin
          .createTopics(List.of(new NewTopic(topic, partitions, (short) -1)))
          .all()
          .get(60, TimeUnit.SECONDS);
    } catch (Exception e) {
      throw new AssertionError("no topic", e);
    }
    return topic;
  }

  /** Returns what a stage completes with, or throws the InboardException that it fails with. */
  static <T> T await(CompletionStage<T> stage) {
    try {
      return stage.toCompletableFuture().orTimeout(60, TimeUnit.SECONDS).join();
    } catch (CompletionException e) {
      if (e.getCause() instanceof InboardException failure) {
        throw failure;
      }
      throw e;
    }
  }

  static String text(InboundMessage message) {
    return new String(message.body(), UTF_8);
  }
}
