package dev.inboard.spi.pubsub;

import dev.inboard.spi.Driver;
import java.util.concurrent.CompletionStage;

/**
 * One opened broker: publishes bytes to topics and delivers what arrives on them.
 *
 * <p>A driver never retries, never drops and never acknowledges by itself; it moves messages, and
 * the receiver's {@link Settlement} decides what becomes of each.
 */
public interface PubSubDriver extends Driver {
  /**
   * Publishes a message. Completes when the broker has it as safely as the component is set up to
   * ask for.
   *
   * <p>Calls do not wait for each other, so that a caller can have many under way; messages that
   * one thread publishes to one topic (and key) keep their order. Fails with {@code
   * INVALID_ARGUMENT} for a message the broker can never take, such as one that is too large.
   */
  CompletionStage<Void> publish(OutboundMessage message);

  /**
   * Begins to deliver the messages of a topic.
   *
   * <p>Completes when the subscription stands: from then on no message published to the topic is
   * missed. Fails when it cannot be made (topic missing, not authorized). Afterwards the driver
   * reconnects by itself for as long as it takes.
   */
  CompletionStage<DriverSubscription> subscribe(SubscriptionSpec spec, MessageReceiver receiver);
}
