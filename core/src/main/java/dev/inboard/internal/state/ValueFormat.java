package dev.inboard.internal.state;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.inboard.Codec;
import dev.inboard.common.ErrorCode;
import dev.inboard.common.InboardException;
import dev.inboard.spi.state.StateOperation;
import dev.inboard.spi.state.StoredValue;
import dev.inboard.state.SaveOptions;
import dev.inboard.state.StateChange;
import dev.inboard.state.StateEntry;
import java.lang.reflect.Type;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Turns the application's values into the bytes of the store and back: codec, then encryption. */
final class ValueFormat {
  private final String component;
  private final Codec codec;
  private final @Nullable ValueCipher cipher;

  ValueFormat(String component, Codec codec, @Nullable ValueCipher cipher) {
    this.component = component;
    this.codec = codec;
    this.cipher = cipher;
  }

  boolean isEncrypted() {
    return cipher != null;
  }

  /** Makes the write that stores a value under a key of the store. */
  StateOperation.Set write(String storedKey, StateChange.Save save) {
    SaveOptions options = save.options();
    byte[] value = encode(save);
    String contentType = options.contentType();
    if (contentType == null && !(save.value() instanceof byte[])) {
      contentType = codec.contentType();
    }
    if (cipher != null) {
      value = cipher.encrypt(value);
      contentType = null;
    }
    return new StateOperation.Set(
        storedKey,
        value,
        contentType,
        options.etag(),
        options.concurrency(),
        options.consistency(),
        options.ttl());
  }

  private byte[] encode(StateChange.Save save) {
    Object value = save.value();
    if (value instanceof byte[] bytes) {
      return bytes;
    }
    String contentType = save.options().contentType();
    if (value instanceof String text && contentType != null && contentType.startsWith("text/")) {
      return bare(text, save.key());
    }
    if (value == null) {
      throw failure(
          ErrorCode.INVALID_ARGUMENT,
          "save",
          save.key(),
          "the value is null; delete the entry instead",
          null);
    }
    try {
      return codec.encode(value);
    } catch (Exception | StackOverflowError e) {
      throw failure(
          ErrorCode.INVALID_ARGUMENT,
          "save",
          save.key(),
          "the "
              + value.getClass().getName()
              + " does not encode to "
              + codec.contentType()
              + " ("
              + DecodeFailure.summary(e)
              + ")",
          e);
    }
  }

  private byte[] bare(String text, String key) {
    try {
      ByteBuffer encoded = UTF_8.newEncoder().encode(CharBuffer.wrap(text));
      byte[] bytes = new byte[encoded.remaining()];
      encoded.get(bytes);
      return bytes;
    } catch (CharacterCodingException e) {
      throw failure(
          ErrorCode.INVALID_ARGUMENT,
          "save",
          key,
          "the text contains half a surrogate pair, which has no form in UTF-8",
          null);
    }
  }

  /** Reads what the store returned. */
  @SuppressWarnings("unchecked") // T is what type names
  <T> StateEntry<T> entry(String key, StoredValue stored, Type type) {
    return new StateEntry<>(
        key, (T) decode(key, stored.value(), type), stored.etag(), stored.expiresAt());
  }

  private Object decode(String key, byte[] stored, Type type) {
    byte[] value = cipher == null ? stored : decrypt(cipher, key, stored);
    if (type == byte[].class) {
      return value == stored ? value.clone() : value; // the driver's array is not ours to give away
    }
    try {
      return Objects.requireNonNull(codec.decode(value, type), "the codec's answer");
    } catch (Exception | StackOverflowError e) {
      throw failure(
          ErrorCode.DATA_LOSS,
          "get",
          key,
          "the stored "
              + value.length
              + " bytes are no "
              + type.getTypeName()
              + " ("
              + DecodeFailure.summary(e)
              + ")",
          null); // the cause's message may show the value
    }
  }

  /** Encrypts a body that is no value of the application, where values are encrypted. */
  byte[] seal(byte[] body) {
    return cipher == null ? body : cipher.encrypt(body);
  }

  /** Reverts {@link #seal}. */
  byte[] unseal(byte[] body) {
    return cipher == null ? body : decrypt(cipher, "outbox", body);
  }

  private byte[] decrypt(ValueCipher with, String key, byte[] stored) {
    try {
      return with.decrypt(stored);
    } catch (ValueCipher.UnreadableException e) {
      throw failure(ErrorCode.DATA_LOSS, "get", key, String.valueOf(e.getMessage()), null);
    }
  }

  private InboardException failure(
      ErrorCode code, String verb, String key, String reason, @Nullable Throwable cause) {
    return new InboardException(code, component, verb + " '" + key + "'", reason, cause);
  }
}
