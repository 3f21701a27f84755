package dev.inboard.rabbitmq;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.inboard.common.InboardException;
import dev.inboard.spi.ComponentSpec;
import dev.inboard.spi.bindings.BindingDriver;
import dev.inboard.spi.pubsub.DriverSubscription;
import dev.inboard.spi.pubsub.InboundMessage;
import dev.inboard.spi.pubsub.MessageReceiver;
import dev.inboard.spi.pubsub.OutboundMessage;
import dev.inboard.spi.pubsub.PubSubDriver;
import dev.inboard.spi.pubsub.SubscriptionSpec;
import dev.inboard.spi.pubsub.SubscriptionSpec.Order;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;

/** Opens components as the tests need them, and waits for their answers. */
final class TestComponents {
  private TestComponents() {}

  /** Opens a pub/sub component from fields and their values in turn. */
  static PubSubDriver pubSub(String uri, String... fields) {
    return new RabbitMqPubSubProvider().open(pubSubSpec(uri, fields));
  }

  static ComponentSpec pubSubSpec(String uri, String... fields) {
    Map<String, String> metadata = metadata(fields);
    metadata.put("connectionString", uri);
    return ComponentSpec.of("bus", "pubsub.rabbitmq", metadata);
  }

  static BindingDriver binding(String uri, String queue, String... fields) {
    Map<String, String> metadata = metadata(fields);
    metadata.put("host", uri);
    metadata.put("queueName", queue);
    return new RabbitMqBindingProvider()
        .open(ComponentSpec.of("queue", "bindings.rabbitmq", metadata));
  }

  static Map<String, String> metadata(String... fields) {
    Map<String, String> metadata = new HashMap<>();
    for (int i = 0; i < fields.length; i += 2) {
      metadata.put(fields[i], fields[i + 1]);
    }
    return metadata;
  }

  /** Returns what a stage completes with, or throws the InboardException that it fails with. */
  static <T> T await(CompletionStage<T> stage) {
    try {
      return stage.toCompletableFuture().orTimeout(120, TimeUnit.SECONDS).join();
    } catch (CompletionException e) {
      if (e.getCause() instanceof InboardException failure) {
        throw failure;
      }
      throw e;
    }
  }

  static DriverSubscription subscribe(
      PubSubDriver driver, String topic, int maxInFlight, MessageReceiver to, String... fields) {
    return await(
        driver.subscribe(
            new SubscriptionSpec(topic, maxInFlight, Order.BY_KEY, metadata(fields)), to));
  }

  static OutboundMessage message(String topic, String text) {
    return OutboundMessage.of(topic, text.getBytes(UTF_8));
  }

  static void publish(PubSubDriver driver, String topic, String text) {
    await(driver.publish(message(topic, text)));
  }

  static String text(InboundMessage message) {
    return new String(message.body(), UTF_8);
  }
}
