package dev.inboard.redis;

import dev.inboard.spi.state.StoredValue;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads the three forms in which an entry may lie in Redis. */
final class RedisEntry {
  private static final Pattern MILLIS = Pattern.compile("[0-9]{1,16}");

  private RedisEntry() {}

  /** A hash: data, version, and our note of when it ends. */
  static @Nullable StoredValue ofHash(List<byte @Nullable []> fields) {
    byte[] data = fields.get(0);
    byte[] version = fields.get(1);
    byte[] expires = fields.get(2);
    if (data == null) {
      return null;
    }
    String etag = version == null ? null : ascii(version);
    return new StoredValue(data, etag, expires == null ? null : end(ascii(expires), etag));
  }

  /**
   * The note holds only for the version that it was written with; a sidecar's later write voids it.
   */
  private static @Nullable Instant end(String note, @Nullable String etag) {
    int colon = note.indexOf(':');
    String millis = note.substring(colon + 1);
    return colon > 0 && note.substring(0, colon).equals(etag) && MILLIS.matcher(millis).matches()
        ? Instant.ofEpochMilli(Long.parseLong(millis))
        : null;
  }

  /** Plain text, as an early Dapr wrote it: it has no ETag. */
  static @Nullable StoredValue ofText(byte @Nullable [] text) {
    return text == null ? null : new StoredValue(text, null, null);
  }

  /** A JSON document, as a sidecar writes it on a server with the JSON module. */
  static @Nullable StoredValue ofDocument(List<byte @Nullable []> fields) {
    byte[] data = fields.get(0);
    byte[] version = fields.get(1);
    return data == null
        ? null
        : new StoredValue(data, version == null ? null : ascii(version), null);
  }

  private static String ascii(byte[] text) {
    return new String(text, StandardCharsets.US_ASCII);
  }
}
