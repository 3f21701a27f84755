package dev.inboard.rabbitmq;

import com.rabbitmq.client.AMQP.BasicProperties;
import com.rabbitmq.client.Envelope;
import dev.inboard.spi.pubsub.InboundMessage;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Makes the runtime's message out of AMQP's. */
final class Inbound {
  /** What sidecars write, whatever the bytes are; it says nothing. */
  private static final String ANYTHING = "text/plain";

  private static final String DELIVERY_COUNT = "x-delivery-count";

  private Inbound() {}

  static InboundMessage message(
      ConsumeOptions options, Envelope envelope, BasicProperties properties, byte[] body) {
    String id = properties.getMessageId();
    String type = properties.getContentType();
    return new InboundMessage(
        id == null || id.isEmpty() ? Long.toString(envelope.getDeliveryTag()) : id,
        options.topic(),
        body,
        ANYTHING.equals(type) ? null : type,
        metadata(options, envelope, properties),
        deliveries(envelope, properties));
  }

  /** Quorum queues count; of others is known only whether it is the first time. */
  private static int deliveries(Envelope envelope, BasicProperties properties) {
    Map<String, Object> headers = properties.getHeaders();
    if (headers != null && headers.get(DELIVERY_COUNT) instanceof Number before) {
      return (int) Math.min(Integer.MAX_VALUE - 1, before.longValue()) + 1;
    }
    return envelope.isRedeliver() ? 2 : 1;
  }

  private static Map<String, String> metadata(
      ConsumeOptions options, Envelope envelope, BasicProperties properties) {
    Map<String, Object> headers = properties.getHeaders();
    boolean plain = headers == null || headers.isEmpty();
    String key = envelope.getRoutingKey();
    if (plain && !options.propertiesAsMetadata() && key.isEmpty()) {
      return Map.of();
    }
    Map<String, String> metadata = new HashMap<>();
    if (!plain) {
      headers.forEach((name, value) -> addHeader(metadata, options, name, value));
    }
    if (!key.isEmpty() && !envelope.getExchange().isEmpty()) {
      metadata.put("__routingKey", key);
    }
    if (options.propertiesAsMetadata()) {
      add(metadata, "metadata.messageid", properties.getMessageId());
      add(metadata, "metadata.correlationid", properties.getCorrelationId());
      add(metadata, "metadata.type", properties.getType());
      add(metadata, "metadata.contenttype", properties.getContentType());
    }
    return metadata;
  }

  /** Tables and lists, such as the history of dead letters, have no place in metadata. */
  private static void addHeader(
      Map<String, String> metadata, ConsumeOptions options, String name, @Nullable Object value) {
    if (value == null
        || value instanceof Map
        || value instanceof Collection
        || name.equals(DELIVERY_COUNT)) {
      return;
    }
    metadata.put(name, value.toString());
    if (options.propertiesAsMetadata()) {
      metadata.put("metadata." + name, value.toString());
    }
  }

  private static void add(Map<String, String> metadata, String name, @Nullable String value) {
    if (value != null && !value.isEmpty()) {
      metadata.put(name, value);
    }
  }
}
