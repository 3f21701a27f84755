package dev.inboard.state;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A live entry of a state store. Its {@link #toString} does not show the value.
 *
 * @param key the key as the application writes it
 * @param value the decoded value
 * @param etag the version of the entry, opaque; null where the store has none
 * @param expiresAt when the entry ends; null when it does not
 */
public record StateEntry<T>(
    String key, T value, @Nullable String etag, @Nullable Instant expiresAt) {
  @Override
  public String toString() {
    return "StateEntry['"
        + key
        + "', etag "
        + etag
        + (expiresAt == null ? "]" : ", expires at " + expiresAt + "]");
  }
}
