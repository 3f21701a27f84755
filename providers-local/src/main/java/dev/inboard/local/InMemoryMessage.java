package dev.inboard.local;

import dev.inboard.spi.pubsub.InboundMessage;
import org.jspecify.annotations.Nullable;

/** A message in the queue of one group. Everything that changes is guarded by its group. */
final class InMemoryMessage {
  final @Nullable String key;
  private final long number;
  private InboundMessage content;

  /**
   * Whether this is the one message of its key that may be under way; the others of the key wait
   * for it.
   */
  boolean leadsItsKey;

  /**
   * Makes the message for its first delivery.
   *
   * @param number its place in the topic
   */
  InMemoryMessage(@Nullable String key, long number, InboundMessage content) {
    this.key = key;
    this.number = number;
    this.content = content;
  }

  long number() {
    return number;
  }

  InboundMessage content() {
    return content;
  }

  String topic() {
    return content.topic();
  }

  int deliveries() {
    return content.deliveries();
  }

  /** Counts one more delivery. */
  void again() {
    content =
        new InboundMessage(
            content.id(),
            content.topic(),
            content.body(),
            content.contentType(),
            content.metadata(),
            content.deliveries() + 1);
  }
}
