package dev.inboard.internal.workflow;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Reads what {@link ByteWriter} wrote. Throws {@link IllegalArgumentException} when the bytes are
 * damaged.
 */
final class ByteReader {
  private final byte[] buffer;
  private int position;
  private final int end;

  ByteReader(byte[] buffer) {
    this(buffer, 0, buffer.length);
  }

  private ByteReader(byte[] buffer, int position, int end) {
    this.buffer = buffer;
    this.position = position;
    this.end = end;
  }

  boolean hasMore() {
    return position < end;
  }

  long number() {
    long rest = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      byte next = buffer[take(1)];
      rest |= (long) (next & 0x7F) << shift;
      if (next >= 0) {
        return (rest >>> 1) ^ -(rest & 1);
      }
    }
    throw damaged();
  }

  int integer() {
    return (int) number();
  }

  String text() {
    byte[] bytes = bytes();
    if (bytes == null) {
      throw damaged();
    }
    return new String(bytes, StandardCharsets.UTF_8);
  }

  byte @Nullable [] bytes() {
    int length = integer();
    if (length < 0) {
      return null;
    }
    int from = take(length);
    return Arrays.copyOfRange(buffer, from, from + length);
  }

  ByteReader nested() {
    int length = integer();
    int from = take(length);
    return new ByteReader(buffer, from, from + length);
  }

  private int take(int length) {
    if (length < 0 || length > end - position) {
      throw damaged();
    }
    int from = position;
    position += length;
    return from;
  }

  private static IllegalArgumentException damaged() {
    return new IllegalArgumentException("the bytes are not what was written");
  }
}
