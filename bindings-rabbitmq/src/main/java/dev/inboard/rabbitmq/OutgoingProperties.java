package dev.inboard.rabbitmq;

import com.rabbitmq.client.AMQP.BasicProperties;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Turns metadata into AMQP's properties and headers, as Dapr's component does. */
final class OutgoingProperties {
  static final String DEFAULT_CONTENT_TYPE = "text/plain";
  static final int TRANSIENT = 1;
  static final int PERSISTENT = 2;

  private static final int LONGEST_SHORT_TEXT = 255; // bytes: AMQP's limit for names and keys
  private static final int MOST_HEADER_BYTES = 100_000; // all headers share one frame
  private static final Duration LONGEST_TTL = Duration.ofMillis(0xFFFF_FFFFL);

  private final BasicProperties plain;

  /** What is sent with a message, and its routing key. */
  record Addressed(BasicProperties properties, String routingKey) {}

  /** Makes properties for messages of one delivery mode. */
  OutgoingProperties(int deliveryMode) {
    this.plain =
        new BasicProperties.Builder()
            .contentType(DEFAULT_CONTENT_TYPE)
            .deliveryMode(deliveryMode)
            .build();
  }

  /**
   * Makes the properties of one message.
   *
   * @param contentType what metadata can replace
   * @param ttl how long the broker keeps the message, or null
   * @param everythingIsHeader whether what becomes a property is a header too
   * @throws IllegalArgumentException when something cannot be sent
   */
  Addressed of(
      Map<String, String> metadata,
      String contentType,
      @Nullable Duration ttl,
      boolean everythingIsHeader) {
    if (metadata.isEmpty() && ttl == null && contentType.equals(DEFAULT_CONTENT_TYPE)) {
      return new Addressed(plain, "");
    }
    BasicProperties.Builder properties =
        plain.builder().contentType(shortText("content type", contentType));
    if (ttl != null) {
      properties.expiration(expiration(ttl));
    }
    String routingKey = "";
    Map<String, Object> headers = new HashMap<>();
    for (Map.Entry<String, String> entry : metadata.entrySet()) {
      String name = entry.getKey();
      String value = Objects.requireNonNull(entry.getValue(), name);
      if (name.equalsIgnoreCase("routingKey")) {
        routingKey = shortText(name, value);
      } else if (!isProperty(properties, name, value) || everythingIsHeader) {
        headers.put(shortText("metadata name", name), value);
      }
    }
    if (!headers.isEmpty()) {
      checkSize(headers);
      properties.headers(headers);
    }
    return new Addressed(properties.build(), routingKey);
  }

  private static boolean isProperty(BasicProperties.Builder properties, String name, String value) {
    switch (name.toLowerCase(Locale.ROOT)) {
      case "contenttype" -> properties.contentType(shortText(name, value));
      case "messageid" -> properties.messageId(shortText(name, value));
      case "correlationid" -> properties.correlationId(shortText(name, value));
      case "type" -> properties.type(shortText(name, value));
      case "priority" -> properties.priority(priority(value));
      default -> {
        return false;
      }
    }
    return true;
  }

  private static int priority(String value) {
    try {
      return (int) Math.max(0, Math.min(255, Long.parseLong(value.strip())));
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(
          "the priority '" + value + "' is no whole number; give one from 0 to 255", e);
    }
  }

  static String expiration(Duration ttl) {
    if (ttl.compareTo(LONGEST_TTL) > 0) {
      throw new IllegalArgumentException(
          "the time to live " + ttl + " is longer than RabbitMQ knows, which is " + LONGEST_TTL);
    }
    return Long.toString(Math.max(1, ttl.toMillis()));
  }

  static String shortText(String what, String value) {
    if (value.length() > LONGEST_SHORT_TEXT / 3
        && value.getBytes(StandardCharsets.UTF_8).length > LONGEST_SHORT_TEXT) {
      throw new IllegalArgumentException(
          "the "
              + what
              + " has more than "
              + LONGEST_SHORT_TEXT
              + " bytes in UTF-8, which AMQP cannot carry; shorten it");
    }
    return value;
  }

  private static void checkSize(Map<String, Object> headers) {
    long size = 0;
    for (Map.Entry<String, Object> header : headers.entrySet()) {
      size += 3L * (header.getKey().length() + header.getValue().toString().length());
    }
    if (size > MOST_HEADER_BYTES) {
      throw new IllegalArgumentException(
          "the metadata is larger than about "
              + MOST_HEADER_BYTES / 3_000
              + " kB, which RabbitMQ cannot carry beside a message; put it into the body");
    }
  }
}
