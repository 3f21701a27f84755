package dev.inboard.spi.pubsub;

import java.util.concurrent.CompletionStage;

/** Takes messages from a driver. The runtime implements it. */
@FunctionalInterface
public interface MessageReceiver {
  /**
   * Takes one message. Returns at once; application code runs elsewhere.
   *
   * <p>The driver never has more messages unsettled than {@link SubscriptionSpec#maxInFlight}; that
   * is the backpressure. The stage never fails: should it do so all the same, the driver treats it
   * as {@link Settlement#REDELIVER}.
   *
   * @return what the driver must do with the message, as soon as that is known
   */
  CompletionStage<Settlement> receive(InboundMessage message);
}
