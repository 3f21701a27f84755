package dev.inboard.internal.pubsub;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.inboard.Codec;
import java.io.IOException;
import java.lang.reflect.Type;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/**
 * The data of an event, before it is decoded to what its handler asks for.
 *
 * @param bytes the data itself; for a JSON string with its quotes
 * @param text the text of a JSON string, else null
 */
record Content(byte[] bytes, @Nullable String text) {
  /** Returns the data that an envelope carries, or null when it carries none. */
  static @Nullable Content of(JsonFields.@Nullable Value data, JsonFields.@Nullable Value base64)
      throws IOException {
    if (data != null && !data.isNull()) {
      return new Content(data.bytes(), data.text());
    }
    if (base64 != null && base64.text() != null) {
      return new Content(decodeBase64(base64.text()), null);
    }
    return null;
  }

  private static byte[] decodeBase64(String text) throws IOException {
    try {
      return Base64.getDecoder().decode(text);
    } catch (IllegalArgumentException e) {
      throw new IOException("data_base64 is no base64", e);
    }
  }

  /** Decodes the data; what it is, the envelope says. */
  Object decode(Type type, Envelope envelope, Codec codec) throws Exception {
    if (type == byte[].class) {
      return text != null ? text.getBytes(UTF_8) : bytes;
    }
    if (type == String.class) {
      return text != null ? text : utf8(bytes);
    }
    if (text == null || ContentTypes.isJson(envelope.contentType())) {
      return codec.decode(bytes, type);
    }
    // Under any other content type the JSON string only wraps the data.
    return type == Object.class ? text : codec.decode(text.getBytes(UTF_8), type);
  }

  private static String utf8(byte[] bytes) throws CharacterCodingException {
    return UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
  }
}
