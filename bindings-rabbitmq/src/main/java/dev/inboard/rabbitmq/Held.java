package dev.inboard.rabbitmq;

import dev.inboard.spi.pubsub.InboundMessage;
import java.time.Duration;

/** A message that the broker has delivered and that is not settled with it. */
final class Held {
  private static final Duration FIRST_PAUSE = Duration.ofSeconds(1);
  private static final int LONGEST_PAUSE_DOUBLINGS = 5;
  private static final Duration LONGEST_HOLD = Duration.ofMinutes(10);

  private final ConsumerChannel channel;
  private final long tag;
  private final InboundMessage message;
  private final int failures;
  private final long since;
  private volatile boolean forgotten; // the broker was told to forget it

  Held(ConsumerChannel channel, long tag, InboundMessage message) {
    this(channel, tag, message, 0, System.nanoTime());
  }

  private Held(
      ConsumerChannel channel, long tag, InboundMessage message, int failures, long since) {
    this.channel = channel;
    this.tag = tag;
    this.message = message;
    this.failures = failures;
    this.since = since;
  }

  ConsumerChannel channel() {
    return channel;
  }

  InboundMessage message() {
    return message;
  }

  /** The broker may forget it; said once, however often it is called. */
  void acknowledge() {
    if (!forgotten) {
      forgotten = true;
      channel.acknowledge(tag);
    }
  }

  void giveBack() {
    if (!forgotten) {
      channel.giveBack(tag);
    }
  }

  void reject() {
    if (!forgotten) {
      channel.reject(tag);
    }
  }

  /** Returns how long to wait before the next delivery. */
  Duration pause() {
    return FIRST_PAUSE.multipliedBy(1L << Math.min(failures, LONGEST_PAUSE_DOUBLINGS));
  }

  /** The broker closes a channel that keeps a message too long; other members may try it too. */
  boolean isHeldTooLong() {
    return !forgotten && System.nanoTime() - since > LONGEST_HOLD.toNanos();
  }

  /** The same message for its next delivery. */
  Held again() {
    InboundMessage next =
        new InboundMessage(
            message.id(),
            message.topic(),
            message.body(),
            message.contentType(),
            message.metadata(),
            message.deliveries() + 1);
    Held again = new Held(channel, tag, next, failures + 1, since);
    again.forgotten = forgotten;
    return again;
  }
}
