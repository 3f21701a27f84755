package dev.inboard.internal.pubsub;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The fields of a JSON object as they stand in its text, so that nothing is lost by reading and
 * writing them: no digit of a number, no attribute that nobody knows.
 */
final class JsonFields {
  /**
   * One field's value: where it stands in the text.
   *
   * @param text the value itself when it is a JSON string, else null
   * @param isNull whether it is JSON's null
   */
  record Value(byte[] source, int start, int end, @Nullable String text, boolean isNull) {
    private static final byte[] NOTHING = {};

    /** A text that stands in no JSON. */
    static Value ofText(String text) {
      return new Value(NOTHING, 0, 0, text, false);
    }

    byte[] bytes() {
      return Arrays.copyOfRange(source, start, end);
    }

    /**
     * Returns a string's text, and any other value as it stands in the text; null for JSON's null.
     */
    @Nullable String asText() {
      if (isNull) {
        return null;
      }
      return text != null ? text : asWritten();
    }

    /** Returns the JSON text. */
    String asWritten() {
      return new String(source, start, end - start, UTF_8);
    }

    /** Returns the value as Java has it; numbers keep their digits. */
    Object asObject(ObjectMapper mapper) {
      if (text != null) {
        return text;
      }
      try {
        return mapper.readValue(source, start, end - start, Object.class);
      } catch (IOException e) {
        throw new IllegalStateException("JSON that was read once cannot be read again", e);
      }
    }
  }

  private JsonFields() {}

  /**
   * Returns the fields of an object in their order, the last one of each name; null when the text
   * is anything else.
   */
  static @Nullable Map<String, Value> read(JsonFactory json, byte[] source) {
    if (!looksLikeObject(source)) {
      return null;
    }
    try (JsonParser parser = json.createParser(source)) {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        return null;
      }
      Map<String, Value> fields = new LinkedHashMap<>();
      for (String name = parser.nextFieldName(); name != null; name = parser.nextFieldName()) {
        JsonToken token = parser.nextToken();
        int start = (int) parser.currentTokenLocation().getByteOffset();
        String text = token == JsonToken.VALUE_STRING ? parser.getText() : null;
        parser.skipChildren();
        parser.finishToken();
        int end = (int) parser.currentLocation().getByteOffset();
        fields.put(name, new Value(source, start, end, text, token == JsonToken.VALUE_NULL));
      }
      return parser.nextToken() == null ? fields : null;
    } catch (IOException e) {
      return null;
    }
  }

  /** Says whether the text is one JSON value and nothing else. */
  static boolean isOneValue(JsonFactory json, byte[] source) {
    try (JsonParser parser = json.createParser(source)) {
      if (parser.nextToken() == null) {
        return false;
      }
      parser.skipChildren();
      parser.finishToken();
      return parser.nextToken() == null;
    } catch (IOException e) {
      return false;
    }
  }

  /** Spares the parser what is obviously no object, and texts that are not UTF-8. */
  private static boolean looksLikeObject(byte[] source) {
    int start = 0;
    while (start < source.length
        && source[start] >= 0
        && source[start] <= ' '
        && source[start] != 0) {
      start++;
    }
    return start + 1 < source.length && source[start] == '{' && source[start + 1] != 0;
  }
}
