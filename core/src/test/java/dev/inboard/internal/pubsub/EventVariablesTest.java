package dev.inboard.internal.pubsub;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.inboard.internal.json.Json;
import dev.inboard.spi.pubsub.InboundMessage;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What conditions see of an event. */
class EventVariablesTest {
  private static final ObjectMapper MAPPER = Json.newMapper();

  private static Map<?, ?> event(
      String body, @Nullable String contentType, Map<String, String> headers) {
    InboundMessage message =
        new InboundMessage("5", "t", body.getBytes(UTF_8), contentType, headers, 1);
    Envelope envelope = Envelope.of(message, MAPPER);
    return (Map<?, ?>) EventVariables.of(envelope, message, "orders", "bus", MAPPER).get("event");
  }

  @Test
  @DisplayName("the envelope's attributes, known or not, and the data as JSON")
  void envelope() {
    assertThat(
            event(
                "{\"specversion\":\"1.0\",\"id\":\"i\",\"ext\":[1,\"a\",null],\"subject\":null,\"data\":{\"a\":{\"b\":true}}}",
                "application/json",
                Map.of()))
        .isEqualTo(
            Map.of(
                "topic",
                "orders",
                "pubsubname",
                "bus",
                "specversion",
                "1.0",
                "id",
                "i",
                "ext",
                Arrays.asList(1.0, "a", null),
                "data",
                Map.of("a", Map.of("b", true))));
  }

  @Test
  @DisplayName("every number is a double, whole or not")
  void numbersAreDoubles() {
    assertThat(event("{\"specversion\":\"1.0\",\"data\":[1,1.5,1e2]}", null, Map.of()).get("data"))
        .isEqualTo(List.of(1.0, 1.5, 100.0));
  }

  @Test
  @DisplayName(
      "a body without an envelope has the attributes that Dapr gives it, and its JSON as data")
  void plainBody() {
    assertThat(event("{\"a\":1}", "application/json", Map.of()))
        .isEqualTo(
            Map.of(
                "id", "5",
                "source", "Dapr",
                "type", "com.dapr.event.sent",
                "specversion", "1.0",
                "topic", "orders",
                "pubsubname", "bus",
                "datacontenttype", "application/json",
                "data", Map.of("a", 1.0)));
    assertThat(event("no json", null, Map.of()).containsKey("data")).isFalse();
  }

  @Test
  @DisplayName("attributes in headers, and the body as data")
  void binaryMode() {
    Map<?, ?> event = event("{\"a\":1}", "application/json", Map.of("ce_type", "t", "x", "y"));
    assertThat(event.get("type")).isEqualTo("t");
    assertThat(event.get("data")).isEqualTo(Map.of("a", 1.0));
    assertThat(event.containsKey("x")).isFalse();
  }
}
