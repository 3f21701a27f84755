package dev.inboard.internal.pubsub;

import static dev.inboard.internal.pubsub.Station.await;
import static dev.inboard.internal.pubsub.Station.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import dev.inboard.pubsub.BulkHandler;
import dev.inboard.pubsub.BulkOutcome;
import dev.inboard.pubsub.DeadLetter;
import dev.inboard.pubsub.Event;
import dev.inboard.pubsub.EventHandler;
import dev.inboard.pubsub.Outcome;
import dev.inboard.pubsub.PublishOptions;
import dev.inboard.pubsub.TopicSubscription;
import dev.inboard.resiliency.RetryPolicy;
import dev.inboard.spi.pubsub.OutboundMessage;
import dev.inboard.spi.pubsub.Settlement;
import dev.inboard.spi.pubsub.SubscriptionSpec.Order;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class BulkSubscribeTest {
  private static final Duration LONG = Duration.ofMinutes(10);

  private final Station station = Station.with(new LittleExpressions());
  private final List<List<String>> batches = new CopyOnWriteArrayList<>();

  @AfterEach
  void close() {
    station.close();
  }

  private static List<String> texts(List<Event<String>> events) {
    return events.stream().map(Event::data).toList();
  }

  /** Keeps what it gets, then does as the other says. */
  private EventHandler<String> batch(BulkHandler<String> then) {
    return EventHandler.bulk(
        String.class,
        events -> {
          batches.add(texts(events));
          return then.handle(events);
        });
  }

  private EventHandler<String> succeeding() {
    return batch(events -> BulkOutcome.of(Outcome.SUCCESS));
  }

  private void publish(String... texts) {
    for (String text : texts) {
      station.bus.publish("orders", text, PublishOptions.DEFAULT.withType(text.substring(0, 1)));
    }
  }

  @Test
  @DisplayName("a full batch is handed over at once, in the order of arrival")
  void fullBatchIsHandedOver() {
    station.subscribe(TopicSubscription.to("orders", succeeding()).withBatches(3, LONG));
    publish("a", "b", "c", "d");
    eventually(() -> assertThat(batches).containsExactly(List.of("a", "b", "c")));
    eventually(() -> assertThat(station.tap.settlements).hasSize(3));
    assertThat(station.tap.subscribed.get(0).order()).isEqualTo(Order.BY_ARRIVAL);
    assertThat(station.tap.subscribed.get(0).maxInFlight()).isEqualTo(3);
  }

  @Test
  @DisplayName(
      "a batch that does not fill up is handed over when its first event has waited long enough")
  void waitingBatchIsHandedOver() {
    station.subscribe(
        TopicSubscription.to("orders", succeeding()).withBatches(100, Duration.ofMillis(200)));
    publish("a", "b");
    eventually(() -> assertThat(batches.stream().mapToInt(List::size).sum()).isEqualTo(2));
    publish("c");
    eventually(() -> assertThat(batches.get(batches.size() - 1)).containsExactly("c"));
  }

  @Test
  @DisplayName(
      "each event of a batch is settled by itself, and only failed ones come again, together")
  void onlyFailedEventsComeAgain() {
    station.subscribe(
        TopicSubscription.to(
                "orders",
                batch(
                    events -> {
                      BulkOutcome outcome = BulkOutcome.of(Outcome.SUCCESS);
                      if (events.get(0).attempt() == 1) {
                        outcome
                            .except(events.get(1), Outcome.RETRY)
                            .except(events.get(3), Outcome.RETRY);
                        outcome.except(events.get(2), Outcome.DROP);
                      }
                      return outcome;
                    }))
            .withBatches(4, LONG)
            .withRetry(Station.TWICE));
    publish("a", "b", "c", "d");
    eventually(
        () -> assertThat(batches).containsExactly(List.of("a", "b", "c", "d"), List.of("b", "d")));
    eventually(
        () ->
            assertThat(station.tap.settlements)
                .isEqualTo(Collections.nCopies(4, Settlement.ACKNOWLEDGE)));
  }

  @Test
  @DisplayName("a handler that throws, or returns null, has failed for all of its events")
  void throwingHandlerFailsForAll() {
    station.subscribe(
        TopicSubscription.to(
                "orders",
                batch(
                    events -> {
                      if (events.get(0).attempt() == 1) {
                        throw new IllegalStateException("no");
                      }
                      return events.get(0).attempt() == 2 ? null : BulkOutcome.of(Outcome.SUCCESS);
                    }))
            .withBatches(2, LONG)
            .withRetry(Station.TWICE));
    publish("a", "b");
    eventually(() -> assertThat(batches).isEqualTo(Collections.nCopies(3, List.of("a", "b"))));
    eventually(
        () ->
            assertThat(station.tap.settlements)
                .isEqualTo(Collections.nCopies(2, Settlement.ACKNOWLEDGE)));
  }

  @Test
  @DisplayName("events that keep failing become dead letters one by one")
  void failedEventsBecomeDeadLetters() {
    station.subscribe(
        TopicSubscription.to(
                "orders",
                batch(
                    events -> BulkOutcome.of(Outcome.SUCCESS).except(events.get(0), Outcome.RETRY)))
            .withBatches(2, LONG)
            .withRetry(RetryPolicy.NONE)
            .withDeadLetterTopic("dead"));
    publish("a", "b");
    eventually(() -> assertThat(station.tap.published).hasSize(3));
    OutboundMessage letter = station.tap.published.get(2);
    assertThat(letter.body()).isEqualTo(station.tap.published.get(0).body());
    assertThat(letter.metadata())
        .containsEntry(DeadLetter.REASON, "failed")
        .containsEntry(DeadLetter.ATTEMPTS, "1");
    eventually(() -> assertThat(station.tap.settlements).hasSize(2));
  }

  @Test
  @DisplayName(
      "events that keep failing go back to the broker one by one without a dead letter topic")
  void failedEventsGoBackToTheBroker() {
    station.subscribe(
        TopicSubscription.to(
                "orders",
                batch(
                    events ->
                        BulkOutcome.of(Outcome.SUCCESS)
                            .except(
                                events.get(0),
                                events.get(0).deliveries() == 1 ? Outcome.RETRY : Outcome.SUCCESS)))
            .withBatches(2, Duration.ofMillis(50))
            .withRetry(RetryPolicy.NONE));
    publish("a", "b");
    eventually(() -> assertThat(batches).contains(List.of("a", "b"), List.of("a")));
    eventually(
        () ->
            assertThat(station.tap.settlements)
                .containsExactlyInAnyOrder(
                    Settlement.REDELIVER, Settlement.ACKNOWLEDGE, Settlement.ACKNOWLEDGE));
  }

  @Test
  @DisplayName("each route has its own share of a batch; what does not decode is not among it")
  void routesShareABatch() {
    List<Integer> numbers = new CopyOnWriteArrayList<>();
    station.subscribe(
        TopicSubscription.to("orders", succeeding())
            .withRoute(
                "type=1",
                EventHandler.bulk(
                    Integer.class,
                    events -> {
                      events.forEach(event -> numbers.add(event.data()));
                      return BulkOutcome.of(Outcome.SUCCESS);
                    }))
            .withRoute(
                "type=s",
                String.class,
                event -> {
                  numbers.add(-1);
                  return Outcome.SUCCESS;
                })
            .withBatches(5, LONG)
            .withDeadLetterTopic("dead"));
    publish("a", "17", "1x", "single", "b");
    eventually(() -> assertThat(batches).containsExactly(List.of("a", "b")));
    eventually(() -> assertThat(numbers).containsExactlyInAnyOrder(17, -1));
    eventually(() -> assertThat(station.tap.published).hasSize(6));
    assertThat(station.tap.published.get(5).metadata())
        .containsEntry(DeadLetter.REASON, "undecodable");
  }

  @Test
  @DisplayName("a batch has a timeout too")
  void batchTimesOut() {
    station.subscribe(
        TopicSubscription.to(
                "orders",
                batch(
                    events -> {
                      if (events.get(0).attempt() == 1) {
                        new CountDownLatch(1).await();
                      }
                      return BulkOutcome.of(Outcome.SUCCESS);
                    }))
            .withBatches(2, LONG)
            .withTimeout(Duration.ofMillis(100))
            .withRetry(Station.TWICE));
    publish("a", "b");
    eventually(
        () ->
            assertThat(station.tap.settlements)
                .isEqualTo(Collections.nCopies(2, Settlement.ACKNOWLEDGE)));
    assertThat(batches).hasSize(2);
  }

  @Test
  @DisplayName("stopping hands over what has been gathered, instead of waiting for more")
  void stopFlushes() {
    station.subscribe(TopicSubscription.to("orders", succeeding()).withBatches(10, LONG));
    publish("a", "b");
    await(station.bus.stop());
    assertThat(batches).containsExactly(List.of("a", "b"));
    assertThat(station.tap.settlements).hasSize(2);
  }
}
