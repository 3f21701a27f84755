package dev.inboard.internal.pubsub;

import static dev.inboard.internal.pubsub.Station.eventually;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.inboard.TypeRef;
import dev.inboard.pubsub.Event;
import dev.inboard.pubsub.EventHandler;
import dev.inboard.pubsub.Outcome;
import dev.inboard.pubsub.PublishOptions;
import dev.inboard.pubsub.TopicSubscription;
import dev.inboard.spi.pubsub.Settlement;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What a handler gets of what was published, by whomever. */
class ReceivedEventTest {
  record Order(String id, int quantity) {}

  private final Station station = Station.open();

  @AfterEach
  void close() {
    station.close();
  }

  private <T> CompletableFuture<Event<T>> next(Class<T> type, boolean raw) {
    CompletableFuture<Event<T>> first = new CompletableFuture<>();
    TopicSubscription subscription =
        TopicSubscription.to(
            "orders",
            type,
            event -> {
              first.complete(event);
              return Outcome.SUCCESS;
            });
    station.subscribe(raw ? subscription.withRawBodies() : subscription);
    return first;
  }

  private <T> Event<T> sent(Class<T> type, Object data, PublishOptions options) {
    CompletableFuture<Event<T>> next = next(type, false);
    station.bus.publish("orders", data, options);
    return Station.await(next);
  }

  private <T> Event<T> sentBytes(
      Class<T> type, String body, String contentType, Map<String, String> headers) {
    CompletableFuture<Event<T>> next = next(type, false);
    station.publishBytes(body, contentType, headers);
    return Station.await(next);
  }

  private <T> Event<T> sentBytes(Class<T> type, String body) {
    return sentBytes(type, body, "application/json", Map.of());
  }

  @Test
  @DisplayName("a record comes back as it was published, with its envelope")
  void recordRoundTrip() {
    Event<Order> event =
        sent(
            Order.class,
            new Order("17", 2),
            PublishOptions.DEFAULT
                .withId("i")
                .withType("t")
                .withSubject("s")
                .withTrace("00-a", "k=v"));
    assertThat(event.data()).isEqualTo(new Order("17", 2));
    assertThat(event.hasData()).isTrue();
    assertThat(event.id()).isEqualTo("i");
    assertThat(event.type()).isEqualTo("t");
    assertThat(event.source()).isEqualTo("shop");
    assertThat(event.subject()).isEqualTo("s");
    assertThat(event.topic()).isEqualTo("orders");
    assertThat(event.pubsubName()).isEqualTo("bus");
    assertThat(event.contentType()).isEqualTo("application/json");
    assertThat(event.traceparent()).isEqualTo("00-a");
    assertThat(event.tracestate()).isEqualTo("k=v");
    assertThat(event.time()).isBetween(Instant.now().minusSeconds(60), Instant.now());
    assertThat(event.attempt()).isEqualTo(1);
    assertThat(event.deliveries()).isEqualTo(1);
    assertThat(event.extensions())
        .containsEntry("pubsubname", "bus")
        .doesNotContainKeys("id", "data");
    assertThat(event.body()).isEqualTo(station.tap.published.get(0).body());
    assertThat(event.toString()).contains("i").doesNotContain("quantity");
  }

  @Test
  @DisplayName("text comes back as text, bytes as bytes")
  void textAndBytesRoundTrip() {
    assertThat(sent(String.class, "größer", PublishOptions.DEFAULT).data()).isEqualTo("größer");
  }

  @Test
  @DisplayName("bytes come back as bytes")
  void bytesRoundTrip() {
    byte[] bytes = {0, (byte) 200, 7};
    Event<byte[]> event = sent(byte[].class, bytes, PublishOptions.DEFAULT);
    assertThat(event.data()).isEqualTo(bytes);
    assertThat(event.contentType()).isEqualTo("application/octet-stream");
  }

  @Test
  @DisplayName("an empty body is data of no bytes")
  void emptyBytesRoundTrip() {
    assertThat(sent(byte[].class, new byte[0], PublishOptions.DEFAULT).data()).isEmpty();
  }

  @Test
  @DisplayName("a generic type is decoded with its arguments")
  void genericTypeIsDecoded() {
    CompletableFuture<List<Order>> next = new CompletableFuture<>();
    station.subscribe(
        TopicSubscription.to(
            "orders",
            EventHandler.of(
                new TypeRef<List<Order>>() {},
                event -> {
                  next.complete(event.data());
                  return Outcome.SUCCESS;
                })));
    station.bus.publish("orders", List.of(new Order("1", 1)));
    assertThat(Station.await(next)).containsExactly(new Order("1", 1));
  }

  @Test
  @DisplayName("JSON asked for as bytes or text is the JSON text")
  void jsonAsTextIsItsText() {
    assertThat(sentBytes(String.class, "{\"specversion\":\"1.0\",\"data\":{\"n\": 1.10}}").data())
        .isEqualTo("{\"n\": 1.10}");
  }

  @Test
  @DisplayName("numbers read into no particular type keep their digits")
  void numbersKeepTheirDigits() {
    Event<JsonNode> event =
        sentBytes(
            JsonNode.class,
            "{\"specversion\":\"1.0\",\"datacontenttype\":\"application/json\",\"data\":{\"n\":12345678901234567890.12},"
                + "\"myext\":0.10}");
    assertThat(event.data().get("n").decimalValue())
        .isEqualTo(new BigDecimal("12345678901234567890.12"));
    assertThat(event.extensions()).containsEntry("myext", new BigDecimal("0.10"));
  }

  @Test
  @DisplayName("a JSON string becomes what the type makes of it")
  void jsonStringIsDecoded() {
    assertThat(sent(LocalDate.class, LocalDate.of(2026, 3, 1), PublishOptions.DEFAULT).data())
        .isEqualTo(LocalDate.of(2026, 3, 1));
  }

  @Test
  @DisplayName("vendor JSON, which Dapr carries as a text, is decoded")
  void vendorJsonIsDecoded() {
    Event<Order> event =
        sent(
            Order.class,
            new Order("17", 2),
            PublishOptions.DEFAULT.withContentType("application/vnd.x+json"));
    assertThat(event.data()).isEqualTo(new Order("17", 2));
  }

  @Test
  @DisplayName("an envelope with odd attributes is read as far as it goes")
  void readingIsTolerant() {
    Event<byte[]> event =
        sentBytes(
            byte[].class,
            " \n{\"specversion\":\"0.3\",\"id\":17,\"source\":null,\"traceid\":{\"a\":1},\"time\":\"yesterday\","
                + "\"expiration\":\"never\",\"x\":[true,null]}");
    assertThat(event.id()).isEqualTo("17");
    assertThat(event.source()).isEmpty();
    assertThat(event.type()).isEmpty();
    assertThat(event.subject()).isNull();
    assertThat(event.time()).isNull();
    assertThat(event.traceparent()).isEqualTo("{\"a\":1}");
    assertThat(event.extensions().get("x")).isEqualTo(java.util.Arrays.asList(true, null));
  }

  @Test
  @DisplayName("an event without data says so, and throws when it is asked for it all the same")
  void eventWithoutData() {
    Event<Order> event =
        sentBytes(Order.class, "{\"specversion\":\"1.0\",\"id\":\"i\",\"data\":null}");
    assertThat(event.hasData()).isFalse();
    assertThatThrownBy(event::data)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("hasData");
  }

  @Test
  @DisplayName("base64 data is decoded")
  void base64IsDecoded() {
    Event<Order> event =
        sentBytes(
            Order.class,
            "{\"specversion\":\"1.0\",\"datacontenttype\":\"application/json\",\"data_base64\":"
                + "\"eyJpZCI6IjE3IiwicXVhbnRpdHkiOjJ9\"}");
    assertThat(event.data()).isEqualTo(new Order("17", 2));
  }

  @Test
  @DisplayName("broken base64 is undecodable, not lost")
  void brokenBase64IsUndecodable() {
    station.subscribe(TopicSubscription.to("orders", byte[].class, Station.ignoring()));
    station.publishBytes("{\"specversion\":\"1.0\",\"data_base64\":\"***\"}");
    eventually(() -> assertThat(station.tap.settlements).contains(Settlement.REDELIVER));
  }

  @Test
  @DisplayName("a JSON object that is no envelope is data itself")
  void plainJsonIsData() {
    Event<Order> event = sentBytes(Order.class, "{\"id\":\"17\",\"quantity\":2}");
    assertThat(event.data()).isEqualTo(new Order("17", 2));
    assertThat(event.id()).isNotEmpty();
    assertThat(event.source()).isEqualTo("Dapr");
    assertThat(event.type()).isEqualTo("com.dapr.event.sent");
    assertThat(event.contentType()).isEqualTo("application/json");
    assertThat(event.extensions()).isEmpty();
  }

  @Test
  @DisplayName("a body that is no JSON at all is data itself")
  void plainTextIsData() {
    for (String body : List.of("hello", "", "{broken", "[1,2]", "{} trailing")) {
      try (Station fresh = Station.open()) {
        Received received = fresh.collect("orders");
        fresh.publishBytes(body);
        assertThat(received.first().data()).isEqualTo(body.getBytes(UTF_8));
      }
    }
  }

  @Test
  @DisplayName("a CloudEvent in headers is recognised whatever its content type")
  void binaryModeIsRecognised() {
    Event<Order> event =
        sentBytes(
            Order.class,
            "{\"id\":\"17\",\"quantity\":2}",
            "application/json",
            Map.of(
                "ce_id",
                "i",
                "Ce_Type",
                "t",
                "ce-source",
                "s",
                "ce_specversion",
                "1.0",
                "ce_myext",
                "x",
                "h",
                "1"));
    assertThat(event.data()).isEqualTo(new Order("17", 2));
    assertThat(event.id()).isEqualTo("i");
    assertThat(event.type()).isEqualTo("t");
    assertThat(event.source()).isEqualTo("s");
    assertThat(event.contentType()).isEqualTo("application/json");
    assertThat(event.extensions()).isEqualTo(Map.of("myext", "x"));
    assertThat(event.metadata()).containsEntry("h", "1");
  }

  @Test
  @DisplayName("octets are never taken for an envelope")
  void octetsAreData() {
    String body = "{\"specversion\":\"1.0\",\"id\":\"inner\"}";
    Event<String> event = sentBytes(String.class, body, "application/octet-stream", Map.of());
    assertThat(event.data()).isEqualTo(body);
    assertThat(event.id()).isNotEqualTo("inner");
  }

  @Test
  @DisplayName("a raw subscription takes every body for data, and finds the trace in the headers")
  void rawSubscriptionTakesBodies() {
    String body = "{\"specversion\":\"1.0\",\"id\":\"inner\"}";
    CompletableFuture<Event<String>> next = next(String.class, true);
    station.publishBytes(
        body, "application/json", Map.of("traceparent", "00-a", "tracestate", "k=v"));
    Event<String> event = Station.await(next);
    assertThat(event.data()).isEqualTo(body);
    assertThat(event.source()).isEqualTo("Dapr");
    assertThat(event.traceparent()).isEqualTo("00-a");
    assertThat(event.tracestate()).isEqualTo("k=v");
  }

  @Test
  @DisplayName("missing trace attributes come from the headers")
  void traceComesFromHeaders() {
    Event<byte[]> event =
        sentBytes(
            byte[].class,
            "{\"specversion\":\"1.0\",\"traceparent\":\"\",\"data\":1}",
            "application/json",
            Map.of("traceparent", "00-h"));
    assertThat(event.traceparent()).isEqualTo("00-h");
  }

  @Test
  @DisplayName("an envelope that Dapr wrote into AMQP as text/plain is recognised")
  void textPlainEnvelopeIsRecognised() {
    Event<Order> event =
        sentBytes(
            Order.class,
            "{\"data\":{\"id\":\"17\",\"quantity\":2},\"datacontenttype\":\"application/json\",\"id\":\"i\","
                + "\"specversion\":\"1.0\"}",
            "text/plain",
            Map.of());
    assertThat(event.data()).isEqualTo(new Order("17", 2));
    assertThat(event.id()).isEqualTo("i");
  }
}
