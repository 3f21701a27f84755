package dev.inboard.redis;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.inboard.spi.pubsub.OutboundMessage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The fields of a message in a stream: {@code data}, and {@code metadata} as a JSON object. */
final class StreamEntry {
  private static final JsonFactory JSON = new JsonFactory();
  private static final String DATA = "data";
  private static final String METADATA = "metadata";
  private static final byte[] EMPTY = {};

  private StreamEntry() {}

  static Map<String, byte[]> of(OutboundMessage message) {
    Map<String, byte[]> fields = new LinkedHashMap<>();
    fields.put(DATA, message.body());
    if (!message.metadata().isEmpty()) {
      fields.put(METADATA, encode(message.metadata()));
    }
    return fields;
  }

  static byte[] data(Map<String, byte[]> fields) {
    return fields.getOrDefault(DATA, EMPTY);
  }

  /** Returns the metadata; none when the field is missing or is no JSON object. */
  static Map<String, String> metadata(Map<String, byte[]> fields) {
    byte[] json = fields.get(METADATA);
    return json == null ? Map.of() : decode(json);
  }

  private static byte[] encode(Map<String, String> metadata) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (JsonGenerator json = JSON.createGenerator(out)) {
      json.writeStartObject();
      for (Map.Entry<String, String> entry : metadata.entrySet()) {
        json.writeStringField(entry.getKey(), entry.getValue());
      }
      json.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException(e); // an array takes everything
    }
    return out.toByteArray();
  }

  private static Map<String, String> decode(byte[] text) {
    Map<String, String> metadata = new HashMap<>();
    try (JsonParser json = JSON.createParser(text)) {
      if (json.nextToken() == JsonToken.START_OBJECT) {
        while (json.nextToken() == JsonToken.FIELD_NAME) {
          String name = json.currentName();
          read(json, name, metadata);
        }
      }
    } catch (IOException notJson) {
      return Map.of(); // another program's field; the message itself is intact
    }
    return metadata;
  }

  private static void read(JsonParser json, String name, Map<String, String> metadata)
      throws IOException {
    @Nullable JsonToken value = json.nextToken();
    if (value != null && value.isStructStart()) {
      json.skipChildren();
    } else if (value != null && value != JsonToken.VALUE_NULL) {
      metadata.put(name, json.getText());
    }
  }
}
