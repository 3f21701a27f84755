package dev.inboard.spi.pubsub;

import java.util.Map;

/**
 * What is asked of a subscription.
 *
 * @param topic the topic, as the broker knows it
 * @param maxInFlight the most messages delivered and not settled at one time, at least 1
 * @param order what the driver waits for before it delivers the next message
 * @param metadata the subscription's own settings, such as {@code queueName}, looked up without
 *     regard to case
 */
public record SubscriptionSpec(
    String topic, int maxInFlight, Order order, Map<String, String> metadata) {
  /** Copies the metadata. */
  public SubscriptionSpec {
    Map<String, String> copy = new java.util.TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    copy.putAll(metadata);
    metadata = java.util.Collections.unmodifiableMap(copy);
    if (maxInFlight < 1) {
      throw new IllegalArgumentException(
          "maxInFlight is " + maxInFlight + ", but must be at least 1");
    }
  }

  /** A subscription as tests need it: ordered by key. */
  public static SubscriptionSpec of(String topic, int maxInFlight) {
    return new SubscriptionSpec(topic, maxInFlight, Order.BY_KEY, Map.of());
  }

  /** What the driver waits for before it delivers the next message. */
  public enum Order {
    /**
     * The messages of one key are delivered one after the other, each when its predecessor is
     * settled; a message to be redelivered holds back the rest of its key. Messages of different
     * keys do not wait for each other. Brokers without keys keep the order of the whole
     * subscription when {@code maxInFlight} is 1.
     */
    BY_KEY,
    /**
     * Messages are delivered in the order they arrive, without waiting; the receiver keeps what
     * order it needs.
     */
    BY_ARRIVAL
  }
}
