package dev.inboard;

import java.lang.reflect.Type;

/**
 * Turns values into bytes and back. The default is JSON through Jackson.
 *
 * <p>{@code byte[]} values never pass a codec: they are stored and published as they are. Safe for
 * use by many threads.
 */
public interface Codec {
  /** Returns what the bytes are, such as {@code application/json}. */
  String contentType();

  /**
   * Encodes a value that is not null.
   *
   * @throws Exception whatever went wrong; the caller reports it as {@code INVALID_ARGUMENT}
   */
  byte[] encode(Object value) throws Exception;

  /**
   * Decodes bytes to a value of the type.
   *
   * @param bytes not changed
   * @param type a class or a generic type
   * @return never null
   * @throws Exception whatever went wrong; the caller reports it as {@code DATA_LOSS}
   */
  Object decode(byte[] bytes, Type type) throws Exception;
}
