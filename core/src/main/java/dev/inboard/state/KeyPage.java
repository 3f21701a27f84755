package dev.inboard.state;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Some keys of a listing.
 *
 * @param keys as the application writes them
 * @param token asks for the next page; null when this is the last one
 */
public record KeyPage(List<String> keys, @Nullable String token) {
  /** Copies the keys. */
  public KeyPage {
    keys = List.copyOf(keys);
  }
}
