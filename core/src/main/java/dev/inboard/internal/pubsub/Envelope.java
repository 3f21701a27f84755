package dev.inboard.internal.pubsub;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.inboard.internal.pubsub.JsonFields.Value;
import dev.inboard.spi.pubsub.InboundMessage;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a message says about its event: the attributes of its CloudEvents envelope, wherever they
 * stand.
 *
 * <p>Reading is tolerant. A body is an envelope when it is a JSON object with a {@code
 * specversion}; headers are one when they name a {@code ce_} attribute; everything else is data
 * without an envelope.
 */
final class Envelope {
  static final String DEFAULT_TYPE = "com.dapr.event.sent";
  static final String DEFAULT_SOURCE = "Dapr";

  private static final Set<String> WITH_METHODS =
      Set.of(
          "id",
          "source",
          "type",
          "specversion",
          "subject",
          "time",
          "datacontenttype",
          "data",
          "data_base64",
          "traceparent",
          "tracestate");

  private final InboundMessage message;
  private final Map<String, Value> attributes; // empty: there is no envelope
  private final boolean inBody;

  private Envelope(InboundMessage message, Map<String, Value> attributes, boolean inBody) {
    this.message = message;
    this.attributes = attributes;
    this.inBody = inBody;
  }

  /** Takes the whole body for data. */
  static Envelope none(InboundMessage message) {
    return new Envelope(message, Map.of(), false);
  }

  /** Finds the envelope of a message. */
  static Envelope of(InboundMessage message, ObjectMapper mapper) {
    Map<String, Value> headers = fromHeaders(message.metadata());
    if (headers != null) {
      return new Envelope(message, headers, false);
    }
    if (!ContentTypes.isBinary(message.contentType())) {
      Map<String, Value> fields = JsonFields.read(mapper.getFactory(), message.body());
      if (fields != null && fields.containsKey("specversion")) {
        return new Envelope(message, fields, true);
      }
    }
    return none(message);
  }

  private static @Nullable Map<String, Value> fromHeaders(Map<String, String> headers) {
    Map<String, Value> attributes = null;
    for (Map.Entry<String, String> header : headers.entrySet()) {
      String name = header.getKey();
      if (name.regionMatches(true, 0, "ce_", 0, 3) || name.regionMatches(true, 0, "ce-", 0, 3)) {
        attributes = attributes == null ? new LinkedHashMap<>() : attributes;
        attributes.put(name.substring(3).toLowerCase(Locale.ROOT), Value.ofText(header.getValue()));
      }
    }
    return attributes;
  }

  boolean exists() {
    return !attributes.isEmpty();
  }

  @Nullable String attribute(String name) {
    Value value = attributes.get(name);
    return value == null ? null : value.asText();
  }

  String attribute(String name, String fallback) {
    String value = attribute(name);
    return value == null ? fallback : value;
  }

  /** Returns a trace attribute, from the headers where the envelope has none. */
  @Nullable String trace(String name) {
    String value = attribute(name);
    return value != null && !value.isEmpty() ? value : message.metadata().get(name);
  }

  @Nullable Instant time(String name) {
    String time = attribute(name);
    if (time == null || time.isEmpty()) {
      return null;
    }
    try {
      return OffsetDateTime.parse(time).toInstant();
    } catch (DateTimeException e) {
      return null;
    }
  }

  /** Returns what the data is: as the envelope says, else as the broker says. */
  @Nullable String contentType() {
    String own = attribute("datacontenttype");
    if (own != null || inBody) {
      return own;
    }
    return message.contentType() != null
        ? message.contentType()
        : message.metadata().get("content-type");
  }

  /** Returns the data, or null when there is none. */
  @Nullable Content content() throws IOException {
    return inBody
        ? Content.of(attributes.get("data"), attributes.get("data_base64"))
        : new Content(message.body(), null);
  }

  /**
   * Returns all attributes, the data among them where it stands there; those that are null are left
   * out.
   */
  Map<String, Object> attributes(ObjectMapper mapper) {
    Map<String, Object> values = new LinkedHashMap<>();
    attributes.forEach(
        (name, value) -> {
          if (!value.isNull()) {
            values.put(name, value.asObject(mapper));
          }
        });
    return values;
  }

  /** Returns the attributes for which {@code Event} has no method. */
  Map<String, Object> extensions(ObjectMapper mapper) {
    if (!exists()) {
      return Map.of();
    }
    Map<String, Object> extensions = attributes(mapper);
    extensions.keySet().removeAll(WITH_METHODS);
    return Collections.unmodifiableMap(extensions);
  }
}
