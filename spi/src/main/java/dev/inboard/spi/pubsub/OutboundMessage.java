package dev.inboard.spi.pubsub;

import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A message on its way to a broker.
 *
 * @param topic where to, as the broker knows it
 * @param body sent as it is; may be empty
 * @param contentType what the bytes are, for brokers that carry it; null when unknown
 * @param metadata Dapr's publish metadata (such as {@code partitionKey}, {@code routingKey}) and
 *     headers; each provider's page says which names it reads and how it sends the others
 * @param ttl how long the message is of use, or null; given only to drivers with {@code
 *     MESSAGE_TTL}
 * @param delay how long the broker keeps the message back, or null; given only to drivers with
 *     {@code DELAYED_PUBLISH}
 */
public record OutboundMessage(
    String topic,
    byte[] body,
    @Nullable String contentType,
    Map<String, String> metadata,
    @Nullable Duration ttl,
    @Nullable Duration delay) {
  /** A message that is nothing but bytes. */
  public static OutboundMessage of(String topic, byte[] body) {
    return new OutboundMessage(topic, body, null, Map.of(), null, null);
  }

  /** The same message with metadata. */
  public OutboundMessage with(Map<String, String> metadata) {
    return new OutboundMessage(topic, body, contentType, metadata, ttl, delay);
  }
}
