package dev.inboard.sqlite;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Arrays;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/**
 * A value as the table holds it. A sidecar writes JSON as its text, and bytes in base64 with a
 * mark; it reads the mark to tell them apart, and hands out either as it was.
 *
 * @param isBinary whether the text is base64
 */
record StoredText(String text, boolean isBinary) {
  private static final char MALFORMED = '\uFFFD';

  /** Chooses the form for a value: its text if it is said to be JSON and is a text at all. */
  static StoredText of(byte[] value, @Nullable String contentType) {
    if (isJson(contentType)) {
      String text = new String(value, UTF_8);
      if (text.indexOf('\0') < 0 && isExact(text, value)) {
        return new StoredText(text, false);
      }
    }
    return new StoredText(new String(Base64.getEncoder().encode(value), ISO_8859_1), true);
  }

  private static boolean isJson(@Nullable String contentType) {
    return contentType != null && contentType.regionMatches(true, 0, "application/json", 0, 16);
  }

  private static boolean isExact(String text, byte[] value) {
    return text.indexOf(MALFORMED) < 0 || Arrays.equals(text.getBytes(UTF_8), value);
  }

  /**
   * Returns the value that a row holds.
   *
   * @throws IllegalArgumentException when the row is marked as base64 and is not
   */
  static byte[] value(byte @Nullable [] text, boolean isBinary) {
    if (text == null) {
      return new byte[0]; // how the JDBC driver returns an empty text
    }
    return isBinary ? Base64.getDecoder().decode(text) : text;
  }
}
