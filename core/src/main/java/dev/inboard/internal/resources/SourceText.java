package dev.inboard.internal.resources;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/**
 * One resource file as it was read.
 *
 * @param name the file as the application named it
 */
public record SourceText(String name, String text) {
  /**
   * Decodes the bytes of a file.
   *
   * @throws CharacterCodingException when they are not UTF-8
   */
  static SourceText decode(String name, byte[] bytes) throws CharacterCodingException {
    String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    return new SourceText(name, text.startsWith("\uFEFF") ? text.substring(1) : text);
  }

  /** Shows the name only: the text may hold a password. */
  @Override
  public String toString() {
    return name;
  }
}
