package dev.inboard.spi.configuration;

import java.util.Map;

/**
 * What a configuration store holds under a key.
 *
 * @param version opaque; empty when the store keeps none
 * @param metadata what the store says beside that; usually nothing
 */
public record StoredItem(String value, String version, Map<String, String> metadata) {
  /** Stands between value and version where a store keeps both in one text, as a sidecar's does. */
  private static final String SEPARATOR = "||";

  /** Makes an item without metadata. */
  public StoredItem(String value, String version) {
    this(value, version, Map.of());
  }

  /**
   * Reads {@code value||version}, as Dapr's Redis component does: without separator there is no
   * version, and what follows a second one does not count.
   */
  public static StoredItem parse(String text) {
    int end = text.indexOf(SEPARATOR);
    if (end < 0) {
      return new StoredItem(text, "");
    }
    String version = text.substring(end + SEPARATOR.length());
    int rest = version.indexOf(SEPARATOR);
    return new StoredItem(text.substring(0, end), rest < 0 ? version : version.substring(0, rest));
  }
}
