package dev.inboard.internal.pubsub;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.inboard.spi.pubsub.InboundMessage;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * An event as the conditions of routes see it: the variable {@code event}, a map of its attributes.
 */
final class EventVariables {
  private EventVariables() {}

  /**
   * Returns the variables for one event. An event without an envelope has the attributes that Dapr
   * would give it.
   */
  static Map<String, Object> of(
      Envelope envelope,
      InboundMessage message,
      String topic,
      String pubsubName,
      ObjectMapper mapper) {
    Map<String, Object> event = new LinkedHashMap<>();
    if (!envelope.exists()) {
      event.put("id", message.id());
      event.put("source", Envelope.DEFAULT_SOURCE);
      event.put("type", Envelope.DEFAULT_TYPE);
      event.put("specversion", "1.0");
    }
    event.put("topic", topic);
    event.put("pubsubname", pubsubName);
    if (envelope.contentType() != null) {
      event.put("datacontenttype", envelope.contentType());
    }
    event.putAll(envelope.attributes(mapper));
    if (!event.containsKey("data")) {
      putData(event, envelope, mapper);
    }
    return Map.of("event", withDoubles(event));
  }

  /**
   * Makes every number a double, as Dapr does: what a condition may do with a number must not
   * depend on whether this one happens to be whole.
   */
  private static Object withDoubles(Object value) {
    if (value instanceof Map<?, ?> map) {
      Map<Object, Object> copy = new LinkedHashMap<>();
      map.forEach((key, entry) -> copy.put(key, withDoubles(entry)));
      return copy;
    }
    if (value instanceof List<?> list) {
      List<Object> copy = new ArrayList<>(list.size());
      list.forEach(item -> copy.add(withDoubles(item)));
      return copy;
    }
    return value instanceof Number number ? number.doubleValue() : value;
  }

  /** Data that stands beside its attributes counts as JSON if it is any. */
  private static void putData(Map<String, Object> event, Envelope envelope, ObjectMapper mapper) {
    try {
      Content content = envelope.content();
      Object data = content == null ? null : mapper.readValue(content.bytes(), Object.class);
      if (data != null) {
        event.put("data", data);
      }
    } catch (IOException e) {
      // No JSON: conditions can ask for it with has(event.data), and for the attributes.
      return;
    }
  }
}
