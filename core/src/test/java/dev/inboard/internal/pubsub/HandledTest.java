package dev.inboard.internal.pubsub;

import static dev.inboard.internal.pubsub.Station.await;
import static dev.inboard.internal.pubsub.Station.eventually;
import static dev.inboard.internal.pubsub.Station.orders;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.inboard.common.ErrorCode;
import dev.inboard.common.InboardException;
import dev.inboard.pubsub.DeadLetter;
import dev.inboard.pubsub.Event;
import dev.inboard.pubsub.MessageHandler;
import dev.inboard.pubsub.Outcome;
import dev.inboard.pubsub.PublishOptions;
import dev.inboard.pubsub.TopicSubscription;
import dev.inboard.resiliency.RetryPolicy;
import dev.inboard.spi.pubsub.OutboundMessage;
import dev.inboard.spi.pubsub.Settlement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What becomes of a message: handled, tried again, a dead letter, dropped, or back to the broker.
 */
class HandledTest {
  record Order(String id) {}

  private final Station station = Station.open();
  private final List<Integer> attempts = new CopyOnWriteArrayList<>();

  @AfterEach
  void close() {
    station.close();
  }

  /** Fails so often, then succeeds. */
  private MessageHandler<Order> failing(int times) {
    return event -> {
      attempts.add(event.attempt());
      if (attempts.size() <= times) {
        throw new IllegalStateException("out of tea");
      }
      return Outcome.SUCCESS;
    };
  }

  private void publishOrder() {
    station.bus.publish("orders", new Order("17"));
  }

  private OutboundMessage letter() {
    eventually(
        () ->
            assertThat(station.tap.published).extracting(OutboundMessage::topic).contains("dead"));
    return station.tap.published.get(station.tap.published.size() - 1);
  }

  @Test
  @DisplayName("what is handled is acknowledged, once")
  void handledIsAcknowledged() {
    station.subscribe(orders(Order.class, failing(0)));
    publishOrder();
    eventually(() -> assertThat(station.tap.settlements).containsExactly(Settlement.ACKNOWLEDGE));
    assertThat(attempts).containsExactly(1);
  }

  @Test
  @DisplayName("a handler that throws is called again, and the attempts are counted")
  void throwingHandlerIsRetried() {
    station.subscribe(orders(Order.class, failing(2)));
    publishOrder();
    eventually(() -> assertThat(station.tap.settlements).containsExactly(Settlement.ACKNOWLEDGE));
    assertThat(attempts).containsExactly(1, 2, 3);
  }

  @Test
  @DisplayName("RETRY, null and an Error count as failures too")
  void everyKindOfFailureIsRetried() {
    AtomicInteger calls = new AtomicInteger();
    station.subscribe(
        orders(
                Order.class,
                event -> {
                  return switch (calls.incrementAndGet()) {
                    case 1 -> Outcome.RETRY;
                    case 2 -> null;
                    case 3 -> throw new AssertionError("a defect of the handler");
                    default -> Outcome.SUCCESS;
                  };
                })
            .withRetry(RetryPolicy.constant(3, Duration.ZERO)));
    publishOrder();
    eventually(() -> assertThat(station.tap.settlements).containsExactly(Settlement.ACKNOWLEDGE));
    assertThat(calls).hasValue(4);
  }

  @Test
  @DisplayName("by default a failing message is tried again")
  void retryIsTheDefault() {
    station.subscribe(TopicSubscription.to("orders", Order.class, failing(1)));
    publishOrder();
    eventually(() -> assertThat(station.tap.settlements).containsExactly(Settlement.ACKNOWLEDGE));
  }

  @Test
  @DisplayName(
      "without a dead letter topic, a message that keeps failing goes back to the broker, and comes"
          + " again")
  void failureGoesBackToTheBroker() {
    station.subscribe(orders(Order.class, failing(4)));
    publishOrder();
    eventually(
        () ->
            assertThat(station.tap.settlements)
                .containsExactly(Settlement.REDELIVER, Settlement.ACKNOWLEDGE));
    assertThat(attempts).containsExactly(1, 2, 3, 1, 2);
  }

  @Test
  @DisplayName("with one, it becomes a dead letter: the same body, the reason beside it")
  void failureBecomesADeadLetter() {
    station.subscribe(orders(Order.class, failing(100)).withDeadLetterTopic("dead"));
    station.bus.publish(
        "orders", new Order("17"), PublishOptions.DEFAULT.withKey("c-7").withMetadata("x", "1"));
    OutboundMessage letter = letter();
    assertThat(letter.body()).isEqualTo(station.tap.published.get(0).body());
    assertThat(letter.contentType()).isEqualTo("application/cloudevents+json");
    assertThat(letter.metadata())
        .containsEntry("x", "1")
        .containsEntry("partitionKey", "c-7")
        .containsEntry("pubsubName", "bus")
        .containsEntry("content-type", "application/cloudevents+json")
        .containsEntry(DeadLetter.REASON, "failed")
        .containsEntry(DeadLetter.ATTEMPTS, "3")
        .containsEntry(DeadLetter.TOPIC, "orders");
    assertThat(letter.metadata().get(DeadLetter.DETAIL))
        .contains("IllegalStateException")
        .contains("out of tea");
    eventually(() -> assertThat(station.tap.settlements).containsExactly(Settlement.ACKNOWLEDGE));
  }

  @Test
  @DisplayName("a dead letter can be subscribed to and read like any event")
  void deadLetterIsAnEvent() {
    List<Event<Order>> letters = new CopyOnWriteArrayList<>();
    station.subscribe(
        TopicSubscription.to(
            "dead",
            Order.class,
            event -> {
              letters.add(event);
              return Outcome.SUCCESS;
            }));
    station.subscribe(orders(Order.class, failing(3)).withDeadLetterTopic("dead"));
    publishOrder();
    eventually(() -> assertThat(letters).hasSize(1));
    assertThat(letters.get(0).data()).isEqualTo(new Order("17"));
    DeadLetter letter = DeadLetter.of(letters.get(0)).orElseThrow();
    assertThat(letter.reason()).isEqualTo(DeadLetter.Reason.FAILED);
    assertThat(letter.attempts()).isEqualTo(3);
    assertThat(letter.topic()).isEqualTo("orders");
    assertThat(letter.pubsubName()).isEqualTo("bus");
    assertThat(letter.messageId()).isNotEmpty();
  }

  @Test
  @DisplayName("broker fields of the original do not travel with the dead letter, but the key does")
  void deadLetterLeavesBrokerFieldsBehind() {
    station.subscribe(orders(Order.class, failing(3)).withDeadLetterTopic("dead"));
    station.publishBytes(
        "{\"id\":\"17\"}",
        "application/json",
        Map.of(
            "__key", "k", "__offset", "7", "__partition", "1", "partitionNumber", "1", "own", "x"));
    assertThat(letter().metadata())
        .containsEntry("__key", "k")
        .containsEntry("own", "x")
        .doesNotContainKeys("__offset", "__partition", "partitionNumber");
  }

  @Test
  @DisplayName("a dead letter that cannot be published sends the message back to the broker")
  void unpublishedDeadLetterIsNoLoss() {
    station.subscribe(orders(Order.class, failing(3)).withDeadLetterTopic("dead"));
    publishOrder();
    station.tap.publishingWith(
        message ->
            CompletableFuture.failedStage(
                new InboardException(ErrorCode.UNAVAILABLE, "bus", "publish", "no connection")));
    eventually(
        () ->
            assertThat(station.tap.settlements)
                .containsExactly(Settlement.REDELIVER, Settlement.ACKNOWLEDGE));
  }

  @Test
  @DisplayName(
      "DROP ends a message at once: forgotten, or dead-lettered where there is a topic for it")
  void droppedIsNotRetried() {
    station.subscribe(orders(Order.class, event -> Outcome.DROP));
    publishOrder();
    eventually(() -> assertThat(station.tap.settlements).containsExactly(Settlement.ACKNOWLEDGE));
    assertThat(station.tap.published).hasSize(1);
  }

  @Test
  @DisplayName("a dropped message becomes a dead letter where there is a topic for it")
  void droppedBecomesADeadLetter() {
    station.subscribe(orders(Order.class, event -> Outcome.DROP).withDeadLetterTopic("dead"));
    publishOrder();
    assertThat(letter().metadata())
        .containsEntry(DeadLetter.REASON, "dropped")
        .containsEntry(DeadLetter.ATTEMPTS, "1");
    eventually(() -> assertThat(station.tap.settlements).containsExactly(Settlement.ACKNOWLEDGE));
  }

  @Test
  @DisplayName(
      "data of another shape is not tried again: it becomes a dead letter that does not show it")
  void undecodableBecomesADeadLetter() {
    station.subscribe(
        TopicSubscription.to("orders", Integer.class, Station.ignoring())
            .withDeadLetterTopic("dead"));
    station.bus.publish("orders", Map.of("card", "4111-1111"));
    OutboundMessage letter = letter();
    assertThat(letter.metadata())
        .containsEntry(DeadLetter.REASON, "undecodable")
        .containsEntry(DeadLetter.ATTEMPTS, "0");
    assertThat(letter.metadata().get(DeadLetter.DETAIL))
        .contains("java.lang.Integer")
        .doesNotContain("4111");
  }

  @Test
  @DisplayName("data of another shape goes back to the broker when there is no dead letter topic")
  void undecodableGoesBackToTheBroker() {
    station.subscribe(TopicSubscription.to("orders", Integer.class, Station.ignoring()));
    station.bus.publish("orders", Map.of("a", "b"));
    eventually(
        () ->
            assertThat(station.tap.settlements)
                .contains(Settlement.REDELIVER, Settlement.REDELIVER));
    assertThat(station.tap.settlements).doesNotContain(Settlement.ACKNOWLEDGE);
  }

  @ParameterizedTest
  @DisplayName("what is no CloudEvent and not what the handler takes is a dead letter, as it came")
  @ValueSource(
      strings = {
        "",
        "no event",
        "\u0000\u0001",
        "[1, 2",
        "{\"specversion\":\"1.0\",\"data\":{\"id\":\"17\"}",
        "{\"specversion\":\"1.0\",\"id\":\"1\",\"data\":\"no order\"}"
      })
  void whatIsNoEventBecomesADeadLetter(String body) {
    Received letters = station.collect("dead");
    station.subscribe(
        TopicSubscription.to("orders", Order.class, Station.ignoring())
            .withDeadLetterTopic("dead"));
    station.publishBytes(body, "application/cloudevents+json", Map.of());
    assertThat(letters.first().body()).isEqualTo(body.getBytes(UTF_8));
    assertThat(letter().metadata()).containsEntry(DeadLetter.REASON, "undecodable");
    eventually(() -> assertThat(station.tap.settlements).contains(Settlement.ACKNOWLEDGE));
  }

  @Test
  @DisplayName("a handler that hangs is interrupted after its timeout, and its message tried again")
  void hangingHandlerIsInterrupted() {
    AtomicInteger calls = new AtomicInteger();
    station.subscribe(
        orders(
                Order.class,
                event -> {
                  if (calls.incrementAndGet() == 1) {
                    new CountDownLatch(1).await();
                  }
                  return Outcome.SUCCESS;
                })
            .withTimeout(Duration.ofMillis(100)));
    publishOrder();
    eventually(() -> assertThat(station.tap.settlements).containsExactly(Settlement.ACKNOWLEDGE));
    assertThat(calls).hasValue(2);
  }

  @Test
  @DisplayName("a timeout is named in the dead letter")
  void timeoutIsNamed() {
    station.subscribe(
        TopicSubscription.to(
                "orders",
                Order.class,
                event -> {
                  new CountDownLatch(1).await();
                  return Outcome.SUCCESS;
                })
            .withRetry(RetryPolicy.NONE)
            .withTimeout(Duration.ofMillis(50))
            .withDeadLetterTopic("dead"));
    publishOrder();
    assertThat(letter().metadata().get(DeadLetter.DETAIL)).contains("TIMEOUT").contains("PT0.05S");
  }

  @Test
  @DisplayName("a handler that succeeds after its timeout has succeeded, and is not called again")
  void lateSuccessCounts() {
    AtomicInteger calls = new AtomicInteger();
    station.subscribe(
        orders(
                Order.class,
                event -> {
                  calls.incrementAndGet();
                  while (!Thread.interrupted()) {
                    Thread.onSpinWait();
                  }
                  return Outcome.SUCCESS;
                })
            .withTimeout(Duration.ofMillis(50))
            .withDeadLetterTopic("dead"));
    publishOrder();
    eventually(() -> assertThat(station.tap.settlements).containsExactly(Settlement.ACKNOWLEDGE));
    await(station.bus.stop());
    assertThat(calls).hasValue(1);
    assertThat(station.tap.settlements).hasSize(1);
  }

  @Test
  @DisplayName(
      "a handler that ignores the interrupt loses its message to the broker, which delivers it"
          + " again")
  void stuckHandlerLosesItsMessage() {
    CountDownLatch release = new CountDownLatch(1);
    AtomicInteger calls = new AtomicInteger();
    station.subscribe(
        orders(
                Order.class,
                event -> {
                  if (calls.incrementAndGet() == 1) {
                    while (release.getCount() > 0) {
                      Thread.interrupted();
                      Thread.onSpinWait();
                    }
                    throw new IllegalStateException("too late");
                  }
                  return Outcome.SUCCESS;
                })
            .withTimeout(Duration.ofMillis(50))
            .withDeadLetterTopic("dead"));
    publishOrder();
    eventually(
        () ->
            assertThat(station.tap.settlements)
                .containsExactly(Settlement.REDELIVER, Settlement.ACKNOWLEDGE));
    release.countDown();
    await(station.bus.stop());
    assertThat(calls).hasValue(2); // what came of the first call in the end counts no more
    assertThat(station.tap.published).hasSize(1);
  }

  @Test
  @DisplayName(
      "a handler that was quick enough is not interrupted later, nor is the next one on its thread")
  void interruptsDoNotLeak() {
    AtomicInteger interrupted = new AtomicInteger();
    station.subscribe(
        orders(
                Order.class,
                event -> {
                  if (Thread.currentThread().isInterrupted()) {
                    interrupted.incrementAndGet();
                  }
                  Thread.currentThread().interrupt(); // as a careless handler leaves it
                  return Outcome.SUCCESS;
                })
            .withConcurrency(1)
            .withTimeout(Duration.ofMillis(500)));
    for (int n = 0; n < 200; n++) {
      publishOrder();
    }
    eventually(() -> assertThat(station.tap.settlements).hasSize(200));
    assertThat(interrupted).hasValue(0);
  }

  @Test
  @DisplayName(
      "while one message waits to be tried again, others of its key wait and those of other keys go"
          + " on")
  void retryHoldsBackItsKeyAlone() {
    List<String> handled = new CopyOnWriteArrayList<>();
    CountDownLatch othersDone = new CountDownLatch(10);
    station.subscribe(
        TopicSubscription.to(
                "orders",
                String.class,
                event -> {
                  if (event.data().equals("a-0") && othersDone.getCount() > 0) {
                    return Outcome.RETRY;
                  }
                  handled.add(event.data());
                  if (event.data().startsWith("b")) {
                    othersDone.countDown();
                  }
                  return Outcome.SUCCESS;
                })
            .withRetry(RetryPolicy.constant(RetryPolicy.FOREVER, Duration.ofMillis(5))));
    station.bus.publish("orders", "a-0", PublishOptions.DEFAULT.withKey("a"));
    station.bus.publish("orders", "a-1", PublishOptions.DEFAULT.withKey("a"));
    for (int n = 0; n < 10; n++) {
      station.bus.publish("orders", "b-" + n, PublishOptions.DEFAULT.withKey("b"));
    }
    eventually(() -> assertThat(handled).hasSize(12));
    assertThat(handled.subList(0, 10)).allMatch(text -> text.startsWith("b"));
    assertThat(handled.subList(10, 12)).containsExactly("a-0", "a-1");
  }
}
