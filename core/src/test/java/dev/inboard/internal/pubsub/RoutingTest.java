package dev.inboard.internal.pubsub;

import static dev.inboard.internal.pubsub.Station.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.inboard.common.InboardException;
import dev.inboard.pubsub.DeadLetter;
import dev.inboard.pubsub.MessageHandler;
import dev.inboard.pubsub.Outcome;
import dev.inboard.pubsub.PublishOptions;
import dev.inboard.pubsub.TopicSubscription;
import dev.inboard.spi.pubsub.OutboundMessage;
import dev.inboard.spi.pubsub.Settlement;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class RoutingTest {
  private final Station station = Station.with(new LittleExpressions());
  private final List<String> handled = new CopyOnWriteArrayList<>();

  @AfterEach
  void close() {
    station.close();
  }

  private MessageHandler<String> handler(String name) {
    return event -> {
      handled.add(name + ":" + event.data());
      return Outcome.SUCCESS;
    };
  }

  private void publish(String type) {
    station.bus.publish("orders", type, PublishOptions.DEFAULT.withType(type));
  }

  @Test
  @DisplayName(
      "the first route whose condition holds takes the event, the fallback takes the others")
  void firstMatchWins() {
    station.subscribe(
        TopicSubscription.to("orders", String.class, handler("fallback"))
            .withRoute("type=a", String.class, handler("first"))
            .withRoute("type=a", String.class, handler("second"))
            .withRoute("type=b", String.class, handler("third"))
            .withConcurrency(1));
    List.of("a", "b", "c").forEach(this::publish);
    eventually(() -> assertThat(handled).containsExactly("first:a", "third:b", "fallback:c"));
  }

  @Test
  @DisplayName("an empty condition always holds")
  void emptyConditionAlwaysHolds() {
    station.subscribe(
        TopicSubscription.to("orders", String.class, handler("fallback"))
            .withRoute("", String.class, handler("all")));
    publish("a");
    eventually(() -> assertThat(handled).containsExactly("all:a"));
  }

  @Test
  @DisplayName(
      "an event that nobody asks for is acknowledged and does not flood the dead letter topic")
  void unmatchedIsAcknowledged() {
    station.subscribe(
        TopicSubscription.to("orders")
            .withRoute("type=a", String.class, handler("a"))
            .withDeadLetterTopic("dead"));
    publish("b");
    eventually(() -> assertThat(station.tap.settlements).containsExactly(Settlement.ACKNOWLEDGE));
    assertThat(handled).isEmpty();
    assertThat(station.tap.published).extracting(OutboundMessage::topic).containsExactly("orders");
  }

  @Test
  @DisplayName("an event for which a condition cannot be evaluated becomes a dead letter")
  void unroutableBecomesADeadLetter() {
    station.subscribe(
        TopicSubscription.to("orders", String.class, handler("fallback"))
            .withRoute("!", String.class, handler("a"))
            .withDeadLetterTopic("dead"));
    publish("a");
    eventually(() -> assertThat(station.tap.published).hasSize(2));
    assertThat(station.tap.published.get(1).metadata())
        .containsEntry(DeadLetter.REASON, "unroutable")
        .containsEntry(DeadLetter.DETAIL, "java.lang.IllegalArgumentException: no such key");
    assertThat(handled).isEmpty();
  }

  @Test
  @DisplayName(
      "an event for which a condition cannot be evaluated goes back to the broker without a dead letter topic")
  void unroutableGoesBackToTheBroker() {
    station.subscribe(TopicSubscription.to("orders").withRoute("!", String.class, handler("a")));
    publish("a");
    eventually(() -> assertThat(station.tap.settlements).contains(Settlement.REDELIVER));
    assertThat(station.tap.settlements).doesNotContain(Settlement.ACKNOWLEDGE);
  }

  @Test
  @DisplayName(
      "events without an envelope are routed by the attributes that Dapr would give them, and by their JSON")
  void plainBodiesAreRouted() {
    station.subscribe(
        TopicSubscription.to("orders", String.class, handler("fallback"))
            .withRoute("data={kind=x}", String.class, handler("x"))
            .withRoute("topic=orders", String.class, handler("topic"))
            .withConcurrency(1));
    station.publishBytes("{\"kind\":\"x\"}");
    station.publishBytes("no json");
    eventually(() -> assertThat(handled).containsExactly("x:{\"kind\":\"x\"}", "topic:no json"));
  }

  @Test
  @DisplayName("a condition that does not compile fails the subscription, with the reason")
  void brokenConditionIsReported() {
    assertThatThrownBy(
            () ->
                station.subscribe(
                    TopicSubscription.to("orders")
                        .withRoute("nonsense", String.class, handler("a"))))
        .isInstanceOf(InboardException.class)
        .hasMessageContaining("INVALID_ARGUMENT")
        .hasMessageContaining("nonsense")
        .hasMessageContaining("expected '='");
  }

  @Test
  @DisplayName("without an engine the error names the artifact to add")
  void missingEngineIsReported() {
    try (Station plain = Station.open()) {
      assertThatThrownBy(
              () ->
                  plain.subscribe(
                      TopicSubscription.to("orders")
                          .withRoute("type=a", String.class, handler("a"))))
          .isInstanceOf(InboardException.class)
          .hasMessageContaining("dev.inboard:inboard-expressions-cel");
    }
  }

  @Test
  @DisplayName(
      "an expired event is acknowledged unhandled, and becomes a dead letter where there is a topic for it")
  void expiredIsNotHandled() {
    String expired =
        "{\"specversion\":\"1.0\",\"data\":\"old\",\"expiration\":\"2001-01-01T00:00:00Z\"}";
    station.subscribe(
        TopicSubscription.to("orders", String.class, handler("all")).withDeadLetterTopic("dead"));
    station.publishBytes(expired);
    eventually(() -> assertThat(station.tap.settlements).containsExactly(Settlement.ACKNOWLEDGE));
    assertThat(station.tap.published.get(1).metadata()).containsEntry(DeadLetter.REASON, "expired");
    station.bus.publish("orders", "fresh", PublishOptions.DEFAULT.withTtl(Duration.ofMinutes(1)));
    eventually(() -> assertThat(handled).containsExactly("all:fresh"));
  }

  @Test
  @DisplayName("an expired event is acknowledged without a dead letter topic")
  void expiredIsAcknowledged() {
    station.subscribe(TopicSubscription.to("orders", String.class, handler("all")));
    station.publishBytes("{\"specversion\":\"1.0\",\"expiration\":\"2001-01-01T00:00:00+02:00\"}");
    eventually(() -> assertThat(station.tap.settlements).containsExactly(Settlement.ACKNOWLEDGE));
    assertThat(handled).isEmpty();
  }
}
