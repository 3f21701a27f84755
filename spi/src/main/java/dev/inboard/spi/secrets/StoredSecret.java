package dev.inboard.spi.secrets;

import dev.inboard.common.Secret;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A secret as its store holds it.
 *
 * @param values the named values; a store with one value per secret uses the secret's name
 * @param version the version, opaque; null where the store has none
 * @param expiresAt when the values stop being valid, such as the end of a lease; null when the
 *     store does not say
 */
public record StoredSecret(
    Map<String, Secret> values, @Nullable String version, @Nullable Instant expiresAt) {
  /** Copies the values. */
  public StoredSecret {
    values = Map.copyOf(values);
  }

  /** A secret that is one value under its own name. */
  public static StoredSecret single(String name, String value) {
    return new StoredSecret(Map.of(name, Secret.of(value)), null, null);
  }
}
