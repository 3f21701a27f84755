package dev.inboard.spi.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.inboard.spi.pubsub.InboundMessage;
import dev.inboard.spi.pubsub.MessageReceiver;
import dev.inboard.spi.pubsub.Settlement;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** A receiver that keeps every event until the test settles it. */
final class EventLog implements MessageReceiver {
  private final BlockingQueue<Delivery> deliveries = new LinkedBlockingQueue<>();

  /** An event and the promise to settle it. */
  record Delivery(InboundMessage message, CompletableFuture<Settlement> settlement) {
    void acknowledge() {
      settlement.complete(Settlement.ACKNOWLEDGE);
    }
  }

  @Override
  public CompletionStage<Settlement> receive(InboundMessage message) {
    Delivery delivery = new Delivery(message, new CompletableFuture<>());
    deliveries.add(delivery);
    return delivery.settlement();
  }

  /** Returns the next event, which must come. */
  Delivery next() throws InterruptedException {
    Delivery delivery = deliveries.poll(Answers.PATIENCE.toSeconds(), TimeUnit.SECONDS);
    assertThat(delivery).as("an event within " + Answers.PATIENCE).isNotNull();
    return delivery;
  }

  /** Watches that no event comes. */
  void assertQuiet(Duration time) throws InterruptedException {
    assertThat(deliveries.poll(time.toMillis(), TimeUnit.MILLISECONDS))
        .as("an event that must not come")
        .isNull();
  }
}
