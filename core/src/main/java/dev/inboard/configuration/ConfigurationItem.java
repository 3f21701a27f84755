package dev.inboard.configuration;

import java.util.Map;

/**
 * What a configuration store holds under a key.
 *
 * @param version opaque, as whoever wrote the item chose it; empty when there is none
 * @param metadata what the store says beside that; usually nothing
 */
public record ConfigurationItem(
    String key, String value, String version, Map<String, String> metadata) {
  /** Copies the metadata. */
  public ConfigurationItem {
    metadata = Map.copyOf(metadata);
  }
}
