package dev.inboard.configuration;

import java.util.Map;
import java.util.Set;

/**
 * What has changed since the last update of a subscription.
 *
 * @param changed the items that are new or different, by key
 * @param removed the keys that hold nothing any more
 */
public record ConfigurationUpdate(Map<String, ConfigurationItem> changed, Set<String> removed) {
  /** Copies both. */
  public ConfigurationUpdate {
    changed = Map.copyOf(changed);
    removed = Set.copyOf(removed);
  }
}
