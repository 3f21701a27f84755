package dev.inboard.spi.pubsub;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A message as it arrived from a broker.
 *
 * @param id names the message for people who look for it in logs: the broker's own id (such as
 *     {@code 3:1042}), unique within the topic where the broker has such a thing
 * @param topic where it was published, as the broker knows it
 * @param body the bytes; the receiver must not change them
 * @param contentType what the broker says the bytes are, or null
 * @param metadata headers and the fields the provider's page lists (such as {@code __key}, {@code
 *     __offset})
 * @param deliveries how often the broker has delivered it to this subscription so far, this time
 *     included; 0 when the broker does not count
 */
public record InboundMessage(
    String id,
    String topic,
    byte[] body,
    @Nullable String contentType,
    Map<String, String> metadata,
    int deliveries) {}
