package dev.inboard.internal.workflow;

import dev.inboard.Codec;
import dev.inboard.common.ErrorCode;
import dev.inboard.common.InboardException;
import java.lang.reflect.Type;
import org.jspecify.annotations.Nullable;

/** Values as bytes: null as null, byte arrays as they are, everything else through the codec. */
final class Payloads {
  private final Codec codec;
  private final int largest;

  Payloads(Codec codec, int largest) {
    this.codec = codec;
    this.largest = largest;
  }

  /**
   * Encodes a value.
   *
   * @param what names the value in the error, such as {@code input of workflow 'fulfil'}
   */
  byte @Nullable [] encode(@Nullable Object value, String what) {
    if (value == null) {
      return null;
    }
    byte[] bytes;
    try {
      bytes = value instanceof byte[] raw ? raw.clone() : codec.encode(value);
    } catch (Exception e) {
      throw new InboardException(
          ErrorCode.INVALID_ARGUMENT,
          null,
          "encode the " + what,
          "a " + value.getClass().getName() + " cannot be stored: " + e.getClass().getName(),
          e);
    }
    if (bytes.length > largest) {
      throw new InboardException(
          ErrorCode.INVALID_ARGUMENT,
          null,
          "encode the " + what,
          "it takes %,d bytes, but the limit is %,d; keep large values in a state store and hand over their keys, or raise the limit"
              .formatted(bytes.length, largest));
    }
    return bytes;
  }

  /** Decodes a value; whoever stored it chose the type. */
  @Nullable Object decode(byte @Nullable [] bytes, Type type, String what) {
    if (bytes == null || type == Void.class || type == void.class) {
      return null;
    }
    try {
      return type == byte[].class ? bytes.clone() : codec.decode(bytes, type);
    } catch (Exception e) {
      throw new InboardException(
          ErrorCode.DATA_LOSS,
          null,
          "decode the " + what,
          "it is not a " + type.getTypeName() + ": " + e.getClass().getName(),
          e);
    }
  }
}
