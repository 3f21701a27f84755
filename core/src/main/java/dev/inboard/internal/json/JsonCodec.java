package dev.inboard.internal.json;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectReader;
import dev.inboard.Codec;
import java.io.IOException;
import java.lang.reflect.Type;
import java.nio.ByteBuffer;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Values as JSON, the default codec.
 *
 * <p>A {@code String} is written as a JSON string. It is read from whatever is there: a JSON string
 * gives its text, anything else its bytes as UTF-8, because other clients of the same store write
 * bare text.
 */
public final class JsonCodec implements Codec {
  private final Json json;
  private final ConcurrentHashMap<Type, ObjectReader> readers = new ConcurrentHashMap<>();

  /** Writes and reads through a mapper, which nobody changes any more. */
  public JsonCodec(ObjectMapper mapper) {
    this(new Json(mapper));
  }

  /** Writes and reads as the runtime does. */
  public JsonCodec(Json json) {
    this.json = json;
  }

  @Override
  public String contentType() {
    return "application/json";
  }

  @Override
  public byte[] encode(Object value) throws JsonProcessingException {
    return json.mapper().writeValueAsBytes(value);
  }

  @Override
  public Object decode(byte[] bytes, Type type) throws IOException {
    if (type == String.class) {
      return text(bytes);
    }
    Object value = reader(type).readValue(bytes);
    if (value == null) {
      throw new IOException("the JSON value is null");
    }
    return value;
  }

  private ObjectReader reader(Type type) {
    ObjectReader reader = readers.get(type);
    return reader != null ? reader : readers.computeIfAbsent(type, this::newReader);
  }

  private ObjectReader newReader(Type type) {
    ObjectMapper mapper = json.mapper();
    return mapper.readerFor(mapper.constructType(type));
  }

  private String text(byte[] bytes) throws IOException {
    if (bytes.length > 1 && bytes[0] == '"' && bytes[bytes.length - 1] == '"') {
      try {
        return reader(String.class).readValue(bytes);
      } catch (IOException e) {
        // Bare text that begins and ends with a quote, such as "a" and "b".
      }
    }
    return UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
  }
}
