package dev.inboard.internal.pubsub;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.util.ByteArrayBuilder;
import dev.inboard.internal.json.Json;
import dev.inboard.internal.pubsub.JsonFields.Value;
import dev.inboard.pubsub.PublishOptions.Attributes;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.time.Clock;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Writes CloudEvents 1.0 in structured JSON, attribute for attribute as a Dapr sidecar does. */
final class EnvelopeWriter {
  private final Json shared;
  private final Clock clock;
  private final String appId;
  private final String pubsubName;

  EnvelopeWriter(Json shared, Clock clock, String appId, String pubsubName) {
    this.shared = shared;
    this.clock = clock;
    this.appId = appId;
    this.pubsubName = pubsubName;
  }

  /**
   * Puts data into an envelope.
   *
   * @param trusted whether the data is known to be JSON if its content type says so
   */
  byte[] wrap(
      String topic,
      byte[] data,
      String contentType,
      boolean trusted,
      Attributes attributes,
      @Nullable Instant expiration) {
    String trace = orEmpty(attributes.traceparent());
    return write(
        data.length + 512,
        json -> {
          json.writeStringField("specversion", "1.0");
          json.writeStringField(
              "id", attributes.id() != null ? attributes.id() : UUID.randomUUID().toString());
          json.writeStringField(
              "source", attributes.source() != null ? attributes.source() : appId);
          json.writeStringField(
              "type", attributes.type() != null ? attributes.type() : Envelope.DEFAULT_TYPE);
          if (attributes.subject() != null) {
            json.writeStringField("subject", attributes.subject());
          }
          json.writeStringField("time", now());
          json.writeStringField("datacontenttype", contentType);
          json.writeStringField("topic", topic);
          json.writeStringField("pubsubname", pubsubName);
          json.writeStringField("traceid", trace);
          json.writeStringField("traceparent", trace);
          json.writeStringField("tracestate", orEmpty(attributes.tracestate()));
          writeExpiration(json, expiration);
          writeData(json, data, contentType, trusted);
        });
  }

  /**
   * Completes an envelope that the application made itself.
   *
   * @param attributes give the trace of an event that has none
   * @return null when the bytes are no JSON object
   */
  byte @Nullable [] complete(
      String topic, byte[] event, Attributes attributes, @Nullable Instant expiration) {
    Map<String, Value> fields = JsonFields.read(factory(), event);
    if (fields == null) {
      return null;
    }
    return write(
        event.length + 512,
        json -> {
          for (Map.Entry<String, Value> field : fields.entrySet()) {
            if (!isOurs(field.getKey(), expiration)) {
              json.writeFieldName(field.getKey());
              json.writeRawValue(field.getValue().asWritten());
            }
          }
          writeUnlessPresent(json, fields, "specversion", "1.0");
          writeUnlessPresent(json, fields, "id", UUID.randomUUID().toString());
          writeUnlessPresent(json, fields, "source", Envelope.DEFAULT_SOURCE);
          writeUnlessPresent(json, fields, "type", Envelope.DEFAULT_TYPE);
          writeUnlessPresent(json, fields, "time", now());
          String trace = traceOf(fields);
          boolean own = !trace.isEmpty();
          trace = own ? trace : orEmpty(attributes.traceparent());
          writeUnlessPresent(json, fields, "traceid", trace);
          writeUnlessPresent(json, fields, "traceparent", trace);
          writeUnlessPresent(
              json, fields, "tracestate", own ? "" : orEmpty(attributes.tracestate()));
          json.writeStringField("topic", topic);
          json.writeStringField("pubsubname", pubsubName);
          writeExpiration(json, expiration);
        });
  }

  private static boolean isOurs(String attribute, @Nullable Instant expiration) {
    return attribute.equals("topic")
        || attribute.equals("pubsubname")
        || (attribute.equals("expiration") && expiration != null);
  }

  private static void writeUnlessPresent(
      JsonGenerator json, Map<String, Value> fields, String name, String value) throws IOException {
    if (!fields.containsKey(name)) {
      json.writeStringField(name, value);
    }
  }

  private static String traceOf(Map<String, Value> fields) {
    String parent = textOf(fields.get("traceparent"));
    return parent.isEmpty() ? textOf(fields.get("traceid")) : parent;
  }

  private static String textOf(@Nullable Value value) {
    return value == null ? "" : orEmpty(value.asText());
  }

  private static String orEmpty(@Nullable String text) {
    return text == null ? "" : text;
  }

  private String now() {
    OffsetDateTime now = OffsetDateTime.now(clock).truncatedTo(ChronoUnit.SECONDS);
    return DateTimeFormatter.ISO_OFFSET_DATE_TIME.format(now);
  }

  private static void writeExpiration(JsonGenerator json, @Nullable Instant expiration)
      throws IOException {
    if (expiration != null) {
      json.writeStringField("expiration", expiration.truncatedTo(ChronoUnit.MILLIS).toString());
    }
  }

  private void writeData(JsonGenerator json, byte[] data, String contentType, boolean trusted)
      throws IOException {
    if (ContentTypes.isJson(contentType) && (trusted || JsonFields.isOneValue(factory(), data))) {
      json.writeFieldName("data");
      json.writeRawValue(new String(data, UTF_8));
      return;
    }
    String text = ContentTypes.isBinary(contentType) ? null : utf8(data);
    if (text != null) {
      json.writeStringField("data", text);
    } else {
      json.writeBinaryField("data_base64", data);
    }
  }

  /** Returns the bytes as text, or null when they are none and would be damaged. */
  private static @Nullable String utf8(byte[] bytes) {
    try {
      return UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException e) {
      return null;
    }
  }

  private JsonFactory factory() {
    return shared.mapper().getFactory();
  }

  private interface Body {
    void writeTo(JsonGenerator json) throws IOException;
  }

  private byte[] write(int expectedLength, Body body) {
    try (ByteArrayBuilder bytes = new ByteArrayBuilder(expectedLength)) {
      try (JsonGenerator json = factory().createGenerator(bytes)) {
        json.writeStartObject();
        body.writeTo(json);
        json.writeEndObject();
      }
      return bytes.toByteArray();
    } catch (IOException e) {
      throw new IllegalStateException("writing to memory failed", e);
    }
  }
}
