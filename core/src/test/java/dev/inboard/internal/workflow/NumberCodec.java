package dev.inboard.internal.workflow;

import dev.inboard.Codec;
import java.lang.reflect.Type;
import java.nio.charset.StandardCharsets;

/** Whole numbers as text; quick, and nothing else. */
final class NumberCodec implements Codec {
  @Override
  public String contentType() {
    return "text/plain";
  }

  @Override
  public byte[] encode(Object value) {
    return String.valueOf(value).getBytes(StandardCharsets.UTF_8);
  }

  @Override
  public Object decode(byte[] bytes, Type type) {
    return Integer.valueOf(new String(bytes, StandardCharsets.UTF_8));
  }
}
