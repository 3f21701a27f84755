package dev.inboard.internal.pubsub;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.inboard.pubsub.PublishOptions;
import dev.inboard.spi.Feature;
import dev.inboard.spi.pubsub.OutboundMessage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What a Dapr sidecar would find on the topic. */
class PublishedEnvelopeTest {
  record Order(String id, int quantity) {}

  private final Station station = Station.atNoon();

  @AfterEach
  void close() {
    station.close();
  }

  private JsonNode published(Object data, PublishOptions options) {
    station.bus.publish("orders", data, options);
    return station.lastEnvelope();
  }

  private JsonNode published(Object data) {
    return published(data, PublishOptions.DEFAULT);
  }

  private JsonNode withType(String data, String contentType) {
    return published(data.getBytes(UTF_8), PublishOptions.DEFAULT.withContentType(contentType));
  }

  @Test
  @DisplayName("the envelope has exactly the attributes that Dapr writes")
  void attributesAreDaprs() {
    JsonNode event = published(new Order("17", 2));
    List<String> names = new ArrayList<>();
    event.fieldNames().forEachRemaining(names::add);
    assertThat(names)
        .containsExactlyInAnyOrder(
            "id",
            "source",
            "type",
            "specversion",
            "datacontenttype",
            "data",
            "topic",
            "pubsubname",
            "traceid",
            "traceparent",
            "tracestate",
            "time");
    assertThat(UUID.fromString(event.get("id").asText()).version()).isEqualTo(4);
    assertThat(event.get("source").asText()).isEqualTo("shop");
    assertThat(event.get("type").asText()).isEqualTo("com.dapr.event.sent");
    assertThat(event.get("specversion").asText()).isEqualTo("1.0");
    assertThat(event.get("datacontenttype").asText()).isEqualTo("application/json");
    assertThat(event.get("topic").asText()).isEqualTo("orders");
    assertThat(event.get("pubsubname").asText()).isEqualTo("bus");
    assertThat(event.get("traceid").asText()).isEmpty();
    assertThat(event.get("traceparent").asText()).isEmpty();
    assertThat(event.get("tracestate").asText()).isEmpty();
    assertThat(event.get("time").asText()).isEqualTo("2026-03-01T14:00:00+02:00");
    assertThat(event.get("data").toString()).isEqualTo("{\"id\":\"17\",\"quantity\":2}");
  }

  @Test
  @DisplayName("the driver is told that the body is a CloudEvent, and nothing it was not given")
  void messageIsAnnounced() {
    published(new Order("17", 2));
    OutboundMessage message = station.tap.published.get(0);
    assertThat(message.contentType()).isEqualTo("application/cloudevents+json");
    assertThat(message.topic()).isEqualTo("orders");
    assertThat(message.metadata()).isEmpty();
    assertThat(message.ttl()).isNull();
    assertThat(message.delay()).isNull();
  }

  @Test
  @DisplayName("JSON bytes are embedded as they are, to the last digit")
  void jsonIsEmbeddedExactly() {
    String json =
        "{\"a\":12345678901234567890.123456789,\"b\":1e400,\"c\":[1.10,{}],\"d\":9007199254740993}";
    withType(json, "Application/JSON; charset=utf-8");
    String body = new String(station.tap.published.get(0).body(), UTF_8);
    assertThat(body).contains("\"data\":" + json);
    assertThat(body).contains("\"datacontenttype\":\"Application/JSON; charset=utf-8\"");
  }

  @Test
  @DisplayName("what claims to be JSON and is not becomes a text")
  void brokenJsonBecomesText() {
    assertThat(withType("{\"a\":", "application/json").get("data").textValue())
        .isEqualTo("{\"a\":");
    assertThat(withType("1 2", "application/json").get("data").textValue()).isEqualTo("1 2");
    assertThat(withType("", "application/json").get("data").textValue()).isEmpty();
    assertThat(withType("{} x", "application/json").get("data").textValue()).isEqualTo("{} x");
  }

  @Test
  @DisplayName("JSON scalars and null are embedded as such")
  void jsonScalarsAreEmbedded() {
    assertThat(withType("17", "application/json").get("data").isInt()).isTrue();
    assertThat(withType("\"a\"", "application/json").get("data").textValue()).isEqualTo("a");
    assertThat(withType("null", "application/json").get("data").isNull()).isTrue();
  }

  @Test
  @DisplayName("bytes stand as base64, and are octets unless the caller says otherwise")
  void bytesAreBase64() throws Exception {
    byte[] bytes = {0, (byte) 255, 10};
    JsonNode event = published(bytes);
    assertThat(event.get("datacontenttype").asText()).isEqualTo("application/octet-stream");
    assertThat(event.get("data_base64").binaryValue()).isEqualTo(bytes);
    assertThat(event.has("data")).isFalse();
    assertThat(
            published(
                    bytes,
                    PublishOptions.DEFAULT.withContentType("application/cloudevents+protobuf"))
                .has("data_base64"))
        .isTrue();
  }

  @Test
  @DisplayName("every other content type stands as text, vendor JSON too")
  void otherTypesAreText() {
    assertThat(withType("<a/>", "application/xml").get("data").textValue()).isEqualTo("<a/>");
    assertThat(withType("{\"a\":1}", "application/vnd.x+json").get("data").textValue())
        .isEqualTo("{\"a\":1}");
    JsonNode text = published("größer <&> \"so\"");
    assertThat(text.get("datacontenttype").asText()).isEqualTo("text/plain");
    assertThat(text.get("data").textValue()).isEqualTo("größer <&> \"so\"");
  }

  @Test
  @DisplayName("bytes that are no text are not damaged, whatever their content type")
  void bytesThatAreNoTextAreBase64() throws Exception {
    byte[] avro = {(byte) 0xc3, 0x28, 0};
    JsonNode event = published(avro, PublishOptions.DEFAULT.withContentType("application/avro"));
    assertThat(event.get("data_base64").binaryValue()).isEqualTo(avro);
  }

  @Test
  @DisplayName("attributes can be chosen by options")
  void attributesCanBeChosen() {
    JsonNode event =
        published(
            "a",
            PublishOptions.DEFAULT
                .withId("i-1")
                .withSource("web")
                .withType("order.placed")
                .withSubject("o-17")
                .withTrace("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", "k=v"));
    assertThat(event.get("id").asText()).isEqualTo("i-1");
    assertThat(event.get("source").asText()).isEqualTo("web");
    assertThat(event.get("type").asText()).isEqualTo("order.placed");
    assertThat(event.get("subject").asText()).isEqualTo("o-17");
    assertThat(event.get("traceparent").asText()).startsWith("00-0af7");
    assertThat(event.get("traceid")).isEqualTo(event.get("traceparent"));
    assertThat(event.get("tracestate").asText()).isEqualTo("k=v");
  }

  @Test
  @DisplayName(
      "attributes can be chosen by Dapr's metadata names in any case, which still go to the driver")
  void attributesCanBeChosenByMetadata() {
    Map<String, String> metadata =
        Map.of(
            "CloudEvent.ID", "i-2",
            "cloudevent.source", "web",
            "cloudevent.type", "t",
            "cloudevent.subject", "s",
            "cloudevent.traceid", "lost",
            "cloudevent.traceparent", "wins",
            "cloudevent.tracestate", "k=v");
    JsonNode event = published("a", PublishOptions.DEFAULT.withMetadata(metadata));
    assertThat(event.get("id").asText()).isEqualTo("i-2");
    assertThat(event.get("source").asText()).isEqualTo("web");
    assertThat(event.get("type").asText()).isEqualTo("t");
    assertThat(event.get("subject").asText()).isEqualTo("s");
    assertThat(event.get("traceid").asText()).isEqualTo("wins");
    assertThat(event.get("traceparent").asText()).isEqualTo("wins");
    assertThat(event.get("tracestate").asText()).isEqualTo("k=v");
    assertThat(station.tap.published.get(0).metadata()).isEqualTo(metadata);
  }

  @Test
  @DisplayName("options count more than metadata")
  void optionsCountMoreThanMetadata() {
    PublishOptions options =
        PublishOptions.DEFAULT.withId("option").withMetadata("cloudevent.id", "metadata");
    assertThat(published("a", options).get("id").asText()).isEqualTo("option");
  }

  @Test
  @DisplayName("a time to live becomes an expiration in UTC where the broker knows none")
  void ttlBecomesExpiration() {
    JsonNode event = published("a", PublishOptions.DEFAULT.withTtl(Duration.ofSeconds(90)));
    assertThat(event.get("expiration").asText()).isEqualTo("2026-03-01T12:01:30.750Z");
    assertThat(station.tap.published.get(0).ttl()).isNull();
    JsonNode byName = published("a", PublishOptions.DEFAULT.withMetadata("TTLinSeconds", "90"));
    assertThat(byName.get("expiration")).isEqualTo(event.get("expiration"));
    JsonNode byDuration = published("a", PublishOptions.DEFAULT.withMetadata("ttl", "1m30s"));
    assertThat(byDuration.get("expiration")).isEqualTo(event.get("expiration"));
  }

  @Test
  @DisplayName("a time to live goes to the broker that knows it, and the envelope stays as it is")
  void ttlGoesToTheBroker() {
    try (Station capable = Station.atNoon(Feature.MESSAGE_TTL)) {
      capable.bus.publish("orders", "a", PublishOptions.DEFAULT.withTtl(Duration.ofSeconds(90)));
      assertThat(capable.tap.published.get(0).ttl()).isEqualTo(Duration.ofSeconds(90));
      assertThat(capable.lastEnvelope().has("expiration")).isFalse();
    }
  }

  @Test
  @DisplayName("a whole CloudEvent keeps what it says and gets what it lacks")
  void completeEventIsKept() {
    String json =
        "{\"specversion\":\"1.0\",\"id\":\"x\",\"source\":\"web\",\"type\":\"t\",\"time\":\"2020-01-01T00:00:00Z\","
            + "\"data\":{\"n\":1.10},\"myext\":{\"a\":[1]},\"topic\":\"other\",\"traceparent\":\"00-a\"}";
    JsonNode event = withType(json, "application/cloudevents+json; charset=UTF-8");
    assertThat(event.get("id").asText()).isEqualTo("x");
    assertThat(event.get("source").asText()).isEqualTo("web");
    assertThat(event.get("time").asText()).isEqualTo("2020-01-01T00:00:00Z");
    assertThat(event.get("data").toString()).isEqualTo("{\"n\":1.10}");
    assertThat(event.get("myext").toString()).isEqualTo("{\"a\":[1]}");
    assertThat(event.get("topic").asText()).isEqualTo("orders");
    assertThat(event.get("pubsubname").asText()).isEqualTo("bus");
    assertThat(event.get("traceparent").asText()).isEqualTo("00-a");
    assertThat(event.get("traceid").asText()).isEqualTo("00-a");
    assertThat(event.get("tracestate").asText()).isEmpty();
    assertThat(event.has("datacontenttype")).isFalse();
  }

  @Test
  @DisplayName("a CloudEvent with almost nothing in it is completed")
  void sparseEventIsCompleted() {
    JsonNode event = withType("{\"data\":1}", "application/cloudevents+json");
    assertThat(event.get("source").asText()).isEqualTo("Dapr");
    assertThat(event.get("type").asText()).isEqualTo("com.dapr.event.sent");
    assertThat(event.get("specversion").asText()).isEqualTo("1.0");
    assertThat(event.get("time").asText()).isEqualTo("2026-03-01T14:00:00+02:00");
    assertThat(event.get("id").asText()).isNotEmpty();
  }

  @Test
  @DisplayName("a whole CloudEvent takes a time to live, but no chosen attributes")
  void completeEventTakesTtl() {
    JsonNode event =
        published(
            "{\"id\":\"x\",\"expiration\":\"2000-01-01T00:00:00Z\"}",
            PublishOptions.DEFAULT
                .withContentType("application/cloudevents+json")
                .withId("ignored")
                .withTtl(Duration.ofSeconds(1)));
    assertThat(event.get("id").asText()).isEqualTo("x");
    assertThat(event.get("expiration").asText()).isEqualTo("2026-03-01T12:00:01.750Z");
  }

  @Test
  @DisplayName("a raw body goes out untouched")
  void rawBodyIsUntouched() {
    byte[] body = {1, 2, 3};
    station.bus.publish("orders", body, PublishOptions.RAW);
    assertThat(station.tap.published.get(0).body()).isEqualTo(body);
    station.bus.publish(
        "orders", "text", PublishOptions.DEFAULT.withMetadata("rawPayload", "true"));
    assertThat(station.tap.published.get(1).body()).isEqualTo("text".getBytes(UTF_8));
    assertThat(station.tap.published.get(1).contentType()).isEqualTo("text/plain");
    station.bus.publish("orders", new Order("1", 1), PublishOptions.DEFAULT.withoutEnvelope());
    assertThat(station.tap.published.get(2).contentType()).isEqualTo("application/json");
  }

  @Test
  @DisplayName("a key travels as partitionKey")
  void keyBecomesMetadata() {
    published("a", PublishOptions.DEFAULT.withKey("c-7").withMetadata("x", "1"));
    assertThat(station.tap.published.get(0).metadata())
        .isEqualTo(Map.of("partitionKey", "c-7", "x", "1"));
  }
}
