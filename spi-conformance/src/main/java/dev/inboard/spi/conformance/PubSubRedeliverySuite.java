package dev.inboard.spi.conformance;

import static dev.inboard.spi.conformance.PubSubFixture.numbered;
import static org.assertj.core.api.Assertions.assertThat;

import dev.inboard.spi.Feature;
import dev.inboard.spi.pubsub.DriverSubscription;
import dev.inboard.spi.pubsub.InboundMessage;
import dev.inboard.spi.pubsub.PubSubDriver;
import dev.inboard.spi.pubsub.Settlement;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What is not acknowledged comes back, and does no harm while it waits. */
interface PubSubRedeliverySuite extends PubSubFixture {
  @Test
  @DisplayName("a message settled with REDELIVER comes back; one that is acknowledged does not")
  default void redeliveredMessageComesBack() {
    Inbox inbox = Inbox.deciding(redeliveringOnce(Set.of("again")));
    subscribe(4, inbox);
    publish("once", "again");
    awaitCount(inbox, "again", 2);
    assertNothingMore(inbox);
    assertThat(inbox.texts()).containsExactlyInAnyOrder("once", "again", "again");
  }

  @Test
  @DisplayName(
      "a message that comes back is the same message, and counts its deliveries where the broker counts")
  default void redeliveredMessageIsUnchanged() {
    Inbox inbox = Inbox.deciding(redeliveringOnce(Set.of("again")));
    subscribe(1, inbox);
    publishWithKey("k", "again");
    awaitCount(inbox, "again", 2);
    InboundMessage first = inbox.messages().get(0);
    InboundMessage second = inbox.messages().get(1);
    assertThat(second.body()).isEqualTo(first.body());
    assertThat(second.topic()).isEqualTo(first.topic());
    assertThat(second.deliveries()).isEqualTo(first.deliveries() == 0 ? 0 : 2);
  }

  @Test
  @DisplayName("a message that fails again and again does not spin")
  default void redeliveryDoesNotSpin() {
    Inbox inbox = Inbox.deciding(message -> Settlement.REDELIVER);
    subscribe(1, inbox);
    publish("poison");
    awaitCount(inbox, "poison", 2);
    int before = inbox.count();
    Awaitility.await().pollDelay(Duration.ofSeconds(2)).until(() -> true);
    // About one a second is promised; twenty would be a loop.
    assertThat(inbox.count() - before).isLessThan(20);
  }

  @Test
  @DisplayName("a receiver whose stage fails, or that throws, gets the message again")
  default void brokenReceiverGetsTheMessageAgain() {
    Set<String> seen = ConcurrentHashMap.newKeySet();
    Inbox inbox =
        new Inbox(
            message -> {
              if (!seen.add(Inbox.text(message))) {
                return CompletableFuture.completedFuture(Settlement.ACKNOWLEDGE);
              }
              if (Inbox.text(message).equals("throws")) {
                throw new IllegalStateException("a receiver that breaks the rules");
              }
              return CompletableFuture.failedFuture(
                  new IllegalStateException("a stage that breaks the rules"));
            });
    subscribe(4, inbox);
    publish("throws", "fails");
    awaitCount(inbox, "throws", 2);
    awaitCount(inbox, "fails", 2);
  }

  @Test
  @DisplayName("messages without a key go on while a failed one waits for its redelivery")
  default void othersGoOnDuringRedelivery() {
    Inbox inbox = Inbox.deciding(redeliveringOnce(Set.of("message-0")));
    subscribe(4, inbox);
    List<String> texts = numbered("message", 20);
    publishTo(topic(), texts);
    awaitAll(inbox, texts);
    awaitCount(inbox, "message-0", 2);
  }

  @Test
  @DisplayName("a failed message holds back its key, and only its key")
  default void redeliveryHoldsBackItsKeyAlone() {
    needs(Feature.ORDER_PER_KEY);
    Inbox.Holding inbox = new Inbox.Holding();
    Function<InboundMessage, Settlement> once = redeliveringOnce(Set.of("a-0"));
    Inbox failingOnce =
        new Inbox(
            message ->
                once.apply(message) == Settlement.REDELIVER
                    ? CompletableFuture.completedFuture(Settlement.REDELIVER)
                    : inbox.receive(message));
    subscribe(8, failingOnce);
    publishWithKey("a", "a-0");
    publishWithKey("a", "a-1");
    List<String> others = numbered("b", 10);
    others.forEach(text -> inbox.settle(text, Settlement.ACKNOWLEDGE));
    others.forEach(text -> publishWithKey("b", text));

    awaitAll(failingOnce, others);
    awaitCount(failingOnce, "a-0", 2);
    assertNothingMore(failingOnce);
    assertThat(failingOnce.texts()).doesNotContain("a-1");
    inbox.settle("a-0", Settlement.ACKNOWLEDGE);
    inbox.settle("a-1", Settlement.ACKNOWLEDGE);
    awaitAll(failingOnce, List.of("a-1"));
  }

  @Test
  @DisplayName("every message is handled in the end though each fifth delivery fails")
  default void everythingArrivesDespiteFailures() {
    Set<String> handled = ConcurrentHashMap.newKeySet();
    Set<String> failedOnce = ConcurrentHashMap.newKeySet();
    Inbox inbox =
        Inbox.deciding(
            message -> {
              String text = Inbox.text(message);
              boolean fails = text.endsWith("5") || text.endsWith("0");
              if (fails && failedOnce.add(text)) {
                return Settlement.REDELIVER;
              }
              handled.add(text);
              return Settlement.ACKNOWLEDGE;
            });
    subscribe(10, inbox);
    List<String> texts = numbered("message", 50);
    publishTo(topic(), texts);
    Awaitility.await()
        .atMost(redeliveryBound().plus(PATIENCE))
        .untilAsserted(() -> assertThat(handled).containsAll(texts));
  }

  @Test
  @DisplayName(
      "what was delivered and not settled when its driver closed is delivered to the next one")
  default void unsettledMessagesSurviveTheirDriver() throws Exception {
    needs(Feature.RETAINED_MESSAGES);
    openInGroup("bystanders");
    PubSubDriver first = openMember();
    Inbox.Holding stuck = new Inbox.Holding();
    subscribe(first, topic(), 3, stuck);
    List<String> texts = numbered("message", 5);
    publishTo(topic(), texts);
    PubSubFixture.eventually(() -> assertThat(stuck.count()).isPositive());
    first.close();

    Inbox next = Inbox.acknowledging();
    subscribe(openMember(), topic(), 3, next);
    Awaitility.await()
        .atMost(redeliveryBound().plus(PATIENCE))
        .untilAsserted(() -> assertThat(next.texts()).containsAll(texts));
  }

  @Test
  @DisplayName("a message that waits for its redelivery when the subscription stops is not lost")
  default void redeliverySurvivesStop() {
    needs(Feature.RETAINED_MESSAGES);
    Inbox failing = Inbox.deciding(message -> Settlement.REDELIVER);
    DriverSubscription subscription = subscribe(1, failing);
    publish("again");
    awaitCount(failing, "again", 1);
    PubSubFixture.await(subscription.stop());

    Inbox next = Inbox.acknowledging();
    subscribe(1, next);
    awaitCount(next, "again", 1);
  }

  private void awaitCount(Inbox inbox, String text, int count) {
    Awaitility.await()
        .atMost(redeliveryBound().plus(PATIENCE))
        .pollInterval(Duration.ofMillis(20))
        .untilAsserted(
            () ->
                assertThat(inbox.texts().stream().filter(text::equals).count())
                    .isGreaterThanOrEqualTo(count));
  }

  private static Function<InboundMessage, Settlement> redeliveringOnce(Set<String> texts) {
    Set<String> seen = ConcurrentHashMap.newKeySet();
    return message ->
        texts.contains(Inbox.text(message)) && seen.add(Inbox.text(message))
            ? Settlement.REDELIVER
            : Settlement.ACKNOWLEDGE;
  }
}
