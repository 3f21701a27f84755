package dev.inboard.spi.conformance;

import static dev.inboard.spi.conformance.PubSubFixture.await;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.inboard.spi.Feature;
import dev.inboard.spi.pubsub.DriverSubscription;
import dev.inboard.spi.pubsub.OutboundMessage;
import dev.inboard.spi.pubsub.Settlement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Time to live and delay, for the brokers that know them. */
interface PubSubTimeSuite extends PubSubFixture {
  @Test
  @DisplayName("a message whose time to live is over is not delivered; one with time left is")
  default void expiredMessageIsNotDelivered() {
    needs(Feature.MESSAGE_TTL);
    Inbox.Holding inbox = new Inbox.Holding();
    DriverSubscription subscription = subscribe(1, inbox);
    publish("blocks");
    awaitAll(inbox, List.of("blocks"));
    await(driver().publish(timed("short", Duration.ofSeconds(1), null)));
    await(driver().publish(timed("long", Duration.ofMinutes(10), null)));
    Awaitility.await().pollDelay(Duration.ofSeconds(3)).until(() -> true);
    inbox.settle("long", Settlement.ACKNOWLEDGE);
    inbox.settle("blocks", Settlement.ACKNOWLEDGE);
    awaitAll(inbox, List.of("long"));
    await(subscription.stop());
    assertThat(inbox.texts()).doesNotContain("short");
  }

  @Test
  @DisplayName("a delayed message is delivered, and not before its time")
  default void delayedMessageArrivesLater() {
    needs(Feature.DELAYED_PUBLISH);
    Inbox inbox = Inbox.acknowledging();
    subscribe(4, inbox);
    long start = System.nanoTime();
    await(driver().publish(timed("later", null, Duration.ofSeconds(2))));
    publish("now");
    awaitAll(inbox, List.of("now", "later"));
    assertThat(Duration.ofNanos(System.nanoTime() - start))
        .isGreaterThanOrEqualTo(Duration.ofMillis(1_900));
    assertThat(inbox.texts()).containsExactly("now", "later");
  }

  private OutboundMessage timed(String text, @Nullable Duration ttl, @Nullable Duration delay) {
    return new OutboundMessage(topic(), text.getBytes(UTF_8), null, Map.of(), ttl, delay);
  }
}
