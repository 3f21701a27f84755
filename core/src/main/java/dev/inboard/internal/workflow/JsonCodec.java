package dev.inboard.internal.workflow;

import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectReader;
import dev.inboard.Codec;
import java.lang.reflect.Type;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/** JSON through the runtime's mapper; remembers the reader of each type. */
final class JsonCodec implements Codec {
  private final ObjectMapper mapper;
  private final ConcurrentMap<Type, ObjectReader> readers = new ConcurrentHashMap<>();

  JsonCodec(ObjectMapper mapper) {
    this.mapper = mapper;
  }

  @Override
  public String contentType() {
    return "application/json";
  }

  @Override
  public byte[] encode(Object value) throws Exception {
    return mapper.writeValueAsBytes(value);
  }

  @Override
  public Object decode(byte[] bytes, Type type) throws Exception {
    return readers.computeIfAbsent(type, this::reader).readValue(bytes);
  }

  private ObjectReader reader(Type type) {
    JavaType javaType = mapper.constructType(type);
    return mapper.readerFor(javaType);
  }
}
