package dev.inboard.internal.lifecycle;

import dev.inboard.Codec;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Which codec serves which component.
 *
 * @param byComponent by the component's name
 * @param general for every other component; null: JSON
 */
public record Codecs(Map<String, Codec> byComponent, @Nullable Codec general) {
  Codec of(String component, Codec json) {
    return byComponent.getOrDefault(component, general == null ? json : general);
  }
}
