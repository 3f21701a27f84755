package dev.inboard.internal.resources;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A {@code Component} document as written, before any secret or variable is resolved.
 *
 * @param type as written, such as {@code state.redis}
 * @param version lower-cased; {@code v1} when the document names none or {@code v0}
 * @param secretStore {@code auth.secretStore}, or null
 * @param scopes the app ids that may load it; empty: all
 */
public record ComponentResource(
    String name,
    String type,
    String version,
    @Nullable String namespace,
    List<MetadataItem> metadata,
    @Nullable String secretStore,
    List<String> scopes,
    Duration initTimeout,
    boolean ignoreErrors,
    Origin origin) {

  /** Returns {@code name (type)}, as every error message begins. */
  public String label() {
    return name + " (" + type + ")";
  }

  /** Returns the item of this name, compared without regard to case, or null. */
  public @Nullable MetadataItem item(String name) {
    for (MetadataItem item : metadata) {
      if (item.name().equalsIgnoreCase(name)) {
        return item;
      }
    }
    return null;
  }
}
