package dev.inboard.internal.state;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Base64;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import org.jspecify.annotations.Nullable;

/**
 * Encrypts and decrypts values in Dapr's layout: base64(nonce, ciphertext, tag), {@code ||}, name
 * of the key's secret.
 *
 * <p>AES-GCM with a random nonce of 12 bytes and a tag of 16, no associated data. A key is good for
 * 2^32 writes. Safe for use by many threads.
 *
 * <p>What a sidecar encrypted from its HTTP API or in a transaction decrypts here too, but it is
 * Go's printed form of the value and no JSON: it can be read as {@code String} or {@code byte[]}.
 */
final class ValueCipher {
  private static final int NONCE = 12;
  private static final int TAG = 16;
  private static final byte[] SEPARATOR = KeyPrefix.SEPARATOR.getBytes(UTF_8);

  private final EncryptionKeys keys;
  private final byte[] suffix;
  private final SecureRandom random = new SecureRandom();

  ValueCipher(EncryptionKeys keys) {
    this.keys = keys;
    this.suffix = (KeyPrefix.SEPARATOR + keys.primary().secretName()).getBytes(UTF_8);
  }

  /** Why a stored value cannot be decrypted. The message never shows any of it. */
  static final class UnreadableException extends Exception {
    private static final long serialVersionUID = 1L;

    UnreadableException(String message) {
      super(message);
    }
  }

  byte[] encrypt(byte[] value) {
    byte[] sealed = new byte[NONCE + value.length + TAG];
    byte[] nonce = new byte[NONCE];
    random.nextBytes(nonce);
    System.arraycopy(nonce, 0, sealed, 0, NONCE);
    try {
      cipher(Cipher.ENCRYPT_MODE, keys.primary(), nonce)
          .doFinal(value, 0, value.length, sealed, NONCE);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("AES-GCM does not work in this JVM", e);
    }
    byte[] base64 = Base64.getEncoder().encode(sealed);
    byte[] stored = new byte[base64.length + suffix.length];
    System.arraycopy(base64, 0, stored, 0, base64.length);
    System.arraycopy(suffix, 0, stored, base64.length, suffix.length);
    return stored;
  }

  /** Decrypts a stored value; one of no bytes was never encrypted and stays as it is. */
  byte[] decrypt(byte[] stored) throws UnreadableException {
    if (stored.length == 0) {
      return stored;
    }
    int separator = lastSeparator(stored);
    byte[] sealed = separator < 0 ? null : unbase64(stored, separator);
    if (sealed == null || sealed.length < NONCE + TAG) {
      throw new UnreadableException(
          "the value is not encrypted; read it with a component without primaryEncryptionKey and save it again");
    }
    int nameStart = separator + SEPARATOR.length;
    if (nameStart == stored.length) {
      throw new UnreadableException(
          "the value does not name its encryption key; it was written by a component whose key was no secretKeyRef");
    }
    String name = new String(stored, nameStart, stored.length - nameStart, UTF_8);
    EncryptionKeys.Key key = keys.named(name);
    if (key == null) {
      throw new UnreadableException(
          "the value was encrypted with the key of the secret '"
              + name
              + "', which is neither primaryEncryptionKey nor"
              + " secondaryEncryptionKey; give it as secondaryEncryptionKey");
    }
    return open(sealed, key);
  }

  private static byte[] open(byte[] sealed, EncryptionKeys.Key key) throws UnreadableException {
    byte[] nonce = java.util.Arrays.copyOf(sealed, NONCE);
    try {
      return cipher(Cipher.DECRYPT_MODE, key, nonce).doFinal(sealed, NONCE, sealed.length - NONCE);
    } catch (GeneralSecurityException e) {
      throw new UnreadableException(
          "the value does not decrypt with the key of the secret '"
              + key.secretName()
              + "'; either the secret was given"
              + " another key under the same name, or the value is damaged");
    }
  }

  private static Cipher cipher(int mode, EncryptionKeys.Key key, byte[] nonce)
      throws GeneralSecurityException {
    Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
    cipher.init(mode, key.aes(), new GCMParameterSpec(TAG * Byte.SIZE, nonce));
    return cipher;
  }

  private static int lastSeparator(byte[] stored) {
    for (int i = stored.length - SEPARATOR.length; i >= 0; i--) {
      if (stored[i] == SEPARATOR[0] && stored[i + 1] == SEPARATOR[1]) {
        return i;
      }
    }
    return -1;
  }

  private static byte @Nullable [] unbase64(byte[] stored, int end) {
    try {
      return Base64.getDecoder().decode(new String(stored, 0, end, ISO_8859_1));
    } catch (IllegalArgumentException e) {
      return null;
    }
  }
}
