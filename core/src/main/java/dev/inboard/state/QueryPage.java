package dev.inboard.state;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Some entries that a query found.
 *
 * @param entries each with its entry, or why it could not be read
 * @param token asks for the next page; null when this is the last one
 */
public record QueryPage<T>(List<BulkEntry<T>> entries, @Nullable String token) {
  /** Copies the entries. */
  public QueryPage {
    entries = List.copyOf(entries);
  }

  /**
   * Returns the entries.
   *
   * @throws dev.inboard.common.InboardException the failure of the first that could not be read
   */
  public List<StateEntry<T>> orThrow() {
    return entries.stream().map(entry -> entry.orThrow().orElseThrow()).toList();
  }
}
