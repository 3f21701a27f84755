package dev.inboard.bindings;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Something that happened outside. Its {@link #toString} does not show the data.
 *
 * @param binding the component's name
 * @param id the binding's name for the event, for people who look for it in logs
 * @param data decoded to the type that the handler was registered with: {@code byte[]} as it came,
 *     {@code String} as UTF-8, {@code Void} as null, everything else by the codec, JSON by default
 * @param metadata what came beside the data; the component's page lists the names
 * @param attempt how often the runtime has tried to have it handled since the binding delivered it,
 *     this time included
 * @param deliveries how often the binding has delivered it, this time included; 0 when it does not
 *     count
 */
public record BindingEvent<T extends @Nullable Object>(
    String binding, String id, T data, Map<String, String> metadata, int attempt, int deliveries) {
  @Override
  public String toString() {
    return "BindingEvent[" + binding + ", '" + id + "', attempt " + attempt + "]";
  }
}
