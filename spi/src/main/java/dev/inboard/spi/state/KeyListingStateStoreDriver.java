package dev.inboard.spi.state;

import java.util.List;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** A store with {@link dev.inboard.spi.Feature#KEY_LISTING}: keys by prefix, page by page. */
public interface KeyListingStateStoreDriver extends StateStoreDriver {
  /**
   * Lists live keys that begin with a prefix, compared character by character ({@code %}, {@code _}
   * and {@code *} mean themselves).
   *
   * <p>A key that is there from the first page to the last is listed, and listed once, except by
   * stores whose page says that they may repeat one. A key that comes or goes meanwhile may or may
   * not be listed. The order is the store's own.
   *
   * @param prefix may be empty: all keys
   * @param limit the most keys in the answer, at least 1; a page may be shorter, even empty,
   *     without being the last
   * @param token from the page before, or null for the first page
   */
  CompletionStage<Page> listKeys(String prefix, int limit, @Nullable String token);

  /**
   * Some keys.
   *
   * @param token asks for the next page; null when there is none
   */
  record Page(List<String> keys, @Nullable String token) {}
}
