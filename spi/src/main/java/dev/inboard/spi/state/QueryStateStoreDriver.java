package dev.inboard.spi.state;

import java.util.List;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** A store with {@link dev.inboard.spi.Feature#QUERY}: entries by what their values are. */
public interface QueryStateStoreDriver extends StateStoreDriver {
  /**
   * Finds live entries.
   *
   * <p>A token that is none of this store's fails with {@code INVALID_ARGUMENT}.
   *
   * @param prefix of the keys of all entries that are looked at, compared character by character
   */
  CompletionStage<Matches> query(String prefix, StateQuery query);

  /** An entry that was found. */
  record Match(String key, StoredValue value) {}

  /**
   * A page of entries.
   *
   * @param token asks for the next page; null when there is none
   */
  record Matches(List<Match> entries, @Nullable String token) {}
}
