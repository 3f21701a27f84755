package dev.inboard.spi.conformance;

import static dev.inboard.spi.conformance.PubSubFixture.await;
import static dev.inboard.spi.conformance.PubSubFixture.eventually;
import static dev.inboard.spi.conformance.PubSubFixture.numbered;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.inboard.spi.Feature;
import dev.inboard.spi.pubsub.DriverSubscription;
import dev.inboard.spi.pubsub.Settlement;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** The receiver sets the pace: limits, pauses, the end of a subscription. */
interface PubSubFlowSuite extends PubSubFixture {
  @Test
  @DisplayName("never are more messages unsettled than maxInFlight")
  default void maxInFlightIsNeverExceeded() {
    Inbox inbox = Inbox.slow(Duration.ofMillis(2));
    subscribe(3, inbox);
    List<String> texts = numbered("message", 100);
    pipeline(texts.stream().map(text -> keyed(text, text)).toList());
    awaitAll(inbox, texts);
    assertThat(inbox.mostUnsettled()).isBetween(1, 3);
  }

  @Test
  @DisplayName(
      "a receiver that does not settle stops the intake; the rest arrives when it settles again")
  default void unsettledMessagesStopTheIntake() {
    Inbox.Holding inbox = new Inbox.Holding();
    subscribeByArrival(2, inbox);
    List<String> texts = numbered("message", 10);
    publishTo(topic(), texts);
    eventually(() -> assertThat(inbox.count()).isEqualTo(2));
    assertNothingMore(inbox);
    texts.forEach(text -> inbox.settle(text, Settlement.ACKNOWLEDGE));
    awaitAll(inbox, texts);
  }

  @Test
  @DisplayName("a paused subscription delivers nothing; resumed, it delivers what came meanwhile")
  default void pauseHoldsMessagesBack() {
    Inbox inbox = Inbox.acknowledging();
    DriverSubscription subscription = subscribe(4, inbox);
    publish("before");
    awaitAll(inbox, List.of("before"));
    subscription.pause();
    subscription.pause();
    assertNothingMore(inbox);
    List<String> texts = numbered("message", 5);
    publishTo(topic(), texts);
    assertNothingMore(inbox);
    subscription.resume();
    subscription.resume();
    awaitAll(inbox, texts);
  }

  @Test
  @DisplayName("a message in flight can be settled during a pause")
  default void settlingDuringPauseWorks() {
    Inbox.Holding inbox = new Inbox.Holding();
    DriverSubscription subscription = subscribe(1, inbox);
    publish("first", "second");
    awaitAll(inbox, List.of("first"));
    subscription.pause();
    inbox.settle("first", Settlement.ACKNOWLEDGE);
    inbox.settle("second", Settlement.ACKNOWLEDGE);
    assertNothingMore(inbox);
    subscription.resume();
    awaitAll(inbox, List.of("second"));
    assertThat(inbox.texts()).containsExactly("first", "second");
  }

  @Test
  @DisplayName(
      "a stopped subscription delivers nothing more; another one of the same driver goes on")
  default void nothingArrivesAfterStop() {
    String other = anotherTopic();
    Inbox stopped = Inbox.acknowledging();
    Inbox lasting = Inbox.acknowledging();
    DriverSubscription subscription = subscribe(4, stopped);
    subscribe(driver(), other, 4, lasting);
    publish("before");
    awaitAll(stopped, List.of("before"));
    await(subscription.stop());
    await(subscription.stop());
    publish("after");
    List<String> texts = numbered("message", 10);
    publishTo(other, texts);
    awaitAll(lasting, texts);
    assertNothingMore(stopped);
    assertThat(stopped.texts()).containsExactly("before");
  }

  @Test
  @DisplayName("stop completes when what is in flight is settled, and that settlement counts")
  default void stopWaitsForMessagesInFlight() throws Exception {
    Inbox.Holding inbox = new Inbox.Holding();
    DriverSubscription subscription = subscribe(1, inbox);
    publish("in flight");
    awaitAll(inbox, List.of("in flight"));
    var stop = subscription.stop().toCompletableFuture();
    assertNothingMore(inbox);
    assertThat(stop).isNotDone();
    inbox.settle("in flight", Settlement.ACKNOWLEDGE);
    await(stop);

    Inbox next = Inbox.acknowledging();
    subscribe(openMember(), topic(), 1, next);
    publish("next");
    awaitAll(next, List.of("next"));
    assertThat(next.texts()).containsExactly("next");
  }

  @Test
  @DisplayName("a group's messages are kept while nobody is subscribed")
  default void messagesAreRetainedForTheGroup() {
    needs(Feature.RETAINED_MESSAGES);
    Inbox before = Inbox.acknowledging();
    DriverSubscription subscription = subscribe(4, before);
    publish("before");
    awaitAll(before, List.of("before"));
    await(subscription.stop());
    List<String> texts = numbered("meanwhile", 20);
    publishTo(topic(), texts);

    Inbox after = Inbox.acknowledging();
    subscribe(4, after);
    awaitAll(after, texts);
    assertThat(after.texts()).doesNotContain("before");
  }

  @Test
  @DisplayName(
      "the lag, where the driver knows it, grows with what waits and is 0 when all is handled")
  default void lagCountsWhatWaits() {
    Inbox.Holding inbox = new Inbox.Holding();
    DriverSubscription subscription = subscribe(1, inbox);
    assumeTrue(subscription.lag().isPresent(), "the driver does not know the lag");
    List<String> texts = numbered("message", 10);
    publishTo(topic(), texts);
    eventually(() -> assertThat(subscription.lag().orElseThrow()).isBetween(9L, 10L));
    texts.forEach(text -> inbox.settle(text, Settlement.ACKNOWLEDGE));
    eventually(() -> assertThat(subscription.lag()).isEqualTo(OptionalLong.of(0)));
  }
}
