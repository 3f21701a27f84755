package dev.inboard.internal.bindings;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.inboard.Codec;
import dev.inboard.common.ErrorCode;
import dev.inboard.common.InboardException;
import java.lang.reflect.Type;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** Turns an application's values into the bytes of a binding and back. Errors never show them. */
record BindingData(String component, Codec codec) {
  private static final byte[] NONE = {};

  byte[] encode(@Nullable Object data, String operation) {
    if (data == null) {
      return NONE;
    }
    if (data instanceof byte[] bytes) {
      return bytes;
    }
    if (data instanceof String text) {
      return text.getBytes(UTF_8);
    }
    try {
      return codec.encode(data);
    } catch (Exception | StackOverflowError e) {
      String reason =
          "the " + data.getClass().getName() + " does not encode to " + codec.contentType();
      throw failure(ErrorCode.INVALID_ARGUMENT, operation, reason, e);
    }
  }

  @Nullable Object decode(byte[] bytes, Type type, String operation) {
    if (type == byte[].class) {
      return bytes;
    }
    if (type == Void.class) {
      return null;
    }
    try {
      return type == String.class
          ? UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString()
          : codec.decode(bytes, type);
    } catch (Exception | StackOverflowError e) { // not handed on: its message may show the data
      String reason =
          bytes.length == 0
              ? "there is no data to make a "
                  + type.getTypeName()
                  + " of; ask for byte[], String or Void"
              : "the "
                  + bytes.length
                  + " bytes are no "
                  + type.getTypeName()
                  + " ("
                  + e.getClass().getSimpleName()
                  + ")";
      throw failure(ErrorCode.DATA_LOSS, operation, reason, null);
    }
  }

  private InboardException failure(
      ErrorCode code, String operation, String reason, @Nullable Throwable cause) {
    return new InboardException(code, component, operation, reason, cause);
  }
}
