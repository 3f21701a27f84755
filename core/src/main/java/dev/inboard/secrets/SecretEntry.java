package dev.inboard.secrets;

import dev.inboard.common.ErrorCode;
import dev.inboard.common.InboardException;
import dev.inboard.common.Secret;
import java.time.Instant;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * A secret: one value, or several under names of their own. Its {@link #toString} shows none.
 *
 * @param store name and type of the store it came from, as error messages begin
 * @param name the secret's name
 * @param values the values by their names; a secret of one value has it under the secret's name
 * @param version the version, opaque; null where the store keeps none
 * @param expiresAt when the values stop being valid, such as the end of a lease; null when the
 *     store does not say
 */
public record SecretEntry(
    String store,
    String name,
    Map<String, Secret> values,
    @Nullable String version,
    @Nullable Instant expiresAt) {
  /** Copies the values. */
  public SecretEntry {
    values = Map.copyOf(values);
  }

  /**
   * Returns the only value.
   *
   * @throws InboardException {@code INVALID_ARGUMENT} when there are several, or none
   */
  public String value() {
    if (values.size() != 1) {
      throw failure(
          ErrorCode.INVALID_ARGUMENT,
          "read the only value",
          values.isEmpty() ? "it has none" : "it has several; ask for one of " + names());
    }
    return values.values().iterator().next().reveal();
  }

  /**
   * Returns one value.
   *
   * @param key the value's name
   * @throws InboardException {@code NOT_FOUND} when there is no such value
   */
  public String value(String key) {
    Secret value = values.get(key);
    if (value == null) {
      String cure = values.isEmpty() ? "it has none at all" : "it has " + names();
      throw failure(ErrorCode.NOT_FOUND, "read value '" + key + "'", cure);
    }
    return value.reveal();
  }

  private String names() {
    return String.join(", ", new TreeSet<>(values.keySet()));
  }

  private InboardException failure(ErrorCode code, String what, String reason) {
    return new InboardException(code, store, what + " of secret '" + name + "'", reason);
  }

  @Override
  public String toString() {
    return "SecretEntry['" + name + "', version " + version + ", values " + names() + "]";
  }
}
