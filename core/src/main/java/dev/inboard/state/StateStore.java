package dev.inboard.state;

import dev.inboard.TypeRef;
import dev.inboard.spi.state.StateQuery;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Stores values by key in the component that the resource file names.
 *
 * <pre>{@code
 * StateStore orders = inboard.stateStore("orders");
 * orders.save("17", new Order("17", "tea", 2));
 * Order order = orders.get("17", Order.class).orElseThrow().value();
 * }</pre>
 *
 * <h2>Keys</h2>
 *
 * A key is not empty, has at most 1,024 bytes in UTF-8, and holds neither {@code ||}, nor U+0000,
 * nor half a surrogate pair. The store sees it behind the component's prefix ({@code keyPrefix}, by
 * default the application's id), so other applications have other entries.
 *
 * <h2>Values</h2>
 *
 * <ul>
 *   <li>{@code byte[]} is stored as it is, and any entry can be read as {@code byte[]}.
 *   <li>Everything else passes the store's {@link dev.inboard.Codec}, by default JSON: records,
 *       beans, collections, numbers; dates and times of {@code java.time} as ISO-8601 text; generic
 *       types through {@link TypeRef}.
 *   <li>A {@code String} is stored as a JSON string, in quotes, as Dapr's SDKs and its HTTP API do;
 *       with the content type {@code text/plain} ({@link SaveOptions#withContentType}) it is stored
 *       as bare UTF-8. Read as {@code String}, a JSON string gives its text, and every other entry
 *       its bytes as UTF-8.
 *   <li>null is no value: delete the entry instead.
 * </ul>
 *
 * <h2>ETags</h2>
 *
 * Every write gives the entry a new ETag, an opaque text. A write or deletion that carries an ETag
 * takes effect only if the live entry still has it, and else fails with {@code ETAG_MISMATCH}; so
 * does one for a key that has no entry.
 *
 * <h2>Threads</h2>
 *
 * Safe for use by many threads. Calls block until the store answers. A thread that is interrupted
 * while it waits gets {@code CANCELLED} and keeps its interrupt flag; the call may have taken
 * effect. Do not block in a function attached to a future of {@link #async}: it may run on the
 * thread that the store's client needs to answer you. Calls of this interface are refused there
 * with {@code INVALID_ARGUMENT}.
 *
 * <h2>Errors</h2>
 *
 * Every failure is an {@link dev.inboard.common.InboardException}; branch on its {@link
 * dev.inboard.common.ErrorCode}. Beside the codes that each method names, any call can fail with
 * {@code UNAVAILABLE}, {@code TIMEOUT}, {@code EXHAUSTED}, {@code UNAUTHENTICATED} or {@code
 * PERMISSION_DENIED} as the store answers, with {@code INVALID_ARGUMENT} for a bad key, and with
 * {@code CANCELLED} once the runtime is closed.
 */
public interface StateStore {
  /** Returns the component's name. */
  String name();

  /**
   * Returns the entry under a key, or empty if there is none.
   *
   * @param type what to decode the stored bytes to
   * @throws dev.inboard.common.InboardException {@code DATA_LOSS} when the bytes are no such value
   */
  <T> Optional<StateEntry<T>> get(String key, Class<T> type);

  /** As {@link #get(String, Class)}, for a generic type: {@code new TypeRef<List<Order>>() {}}. */
  <T> Optional<StateEntry<T>> get(String key, TypeRef<T> type);

  /**
   * Reads many entries at once.
   *
   * @return one item per key, in the order of the keys, duplicates included; an item holds the
   *     entry, or nothing, or why it could not be read
   */
  <T> List<BulkEntry<T>> getBulk(List<String> keys, Class<T> type);

  /** As {@link #getBulk(List, Class)}, for a generic type. */
  <T> List<BulkEntry<T>> getBulk(List<String> keys, TypeRef<T> type);

  /**
   * Writes an entry, whatever was there before. It does not expire.
   *
   * @param value not null
   * @return the new ETag; null where the store has no ETags
   * @throws dev.inboard.common.InboardException {@code INVALID_ARGUMENT} when the value is null or
   *     does not encode
   */
  @Nullable String save(String key, Object value);

  /**
   * Writes an entry under conditions, or for a while.
   *
   * @return the new ETag; null where the store has no ETags
   * @throws dev.inboard.common.InboardException {@code ETAG_MISMATCH} when the live entry is not
   *     the expected one; {@code UNSUPPORTED} when the store cannot do what the options ask for;
   *     {@code INVALID_ARGUMENT} when the value is null or does not encode
   */
  @Nullable String save(String key, Object value, SaveOptions options);

  /**
   * Writes many entries, each by itself: some may be written while others fail. The keys differ.
   *
   * @return one result per change, in their order; look at them, or call {@link BulkResult#orThrow}
   *     on each
   * @throws dev.inboard.common.InboardException {@code INVALID_ARGUMENT}, before anything is
   *     written, when a key or value is bad or a key comes twice; another code when the call as a
   *     whole failed and nothing is known of the entries
   */
  List<BulkResult> saveBulk(List<StateChange.Save> changes);

  /** Deletes an entry. Deleting one that is not there succeeds. */
  void delete(String key);

  /**
   * Deletes an entry if it still has an ETag.
   *
   * @throws dev.inboard.common.InboardException {@code ETAG_MISMATCH} when it has another one, or
   *     is not there; {@code UNSUPPORTED} when the store has no ETags
   */
  void delete(String key, @Nullable String etag);

  /** Deletes many entries, each by itself, as {@link #saveBulk} writes them. */
  List<BulkResult> deleteBulk(List<StateChange.Delete> changes);

  /**
   * Carries out changes in their order, all or none, so that no reader sees half of them. A later
   * change sees what an earlier one did to the same key.
   *
   * @param changes none at all is allowed and does nothing
   * @return the new ETag per change, null for deletions
   * @throws dev.inboard.common.InboardException {@code ETAG_MISMATCH} when an entry is not the
   *     expected one; {@code UNSUPPORTED} when the store has no transactions
   */
  List<@Nullable String> transaction(List<? extends StateChange> changes);

  /**
   * Lists some of the keys that begin with a prefix. A key that is there all the time is listed,
   * and listed once, except by stores whose reference page says that they may repeat one. The order
   * is the store's own.
   *
   * @param prefix compared character by character; may be empty: all keys of this store's prefix
   * @param limit the most keys in the answer, 1 to 10,000; a page may be shorter without being the
   *     last
   * @param token from the page before, or null for the first page
   * @throws dev.inboard.common.InboardException {@code UNSUPPORTED} when the store cannot list keys
   */
  KeyPage keys(String prefix, int limit, @Nullable String token);

  /**
   * Lists all keys that begin with a prefix, reading page after page as the stream is consumed.
   *
   * @throws dev.inboard.common.InboardException as {@link #keys(String, int, String)}, also while
   *     it is consumed
   */
  Stream<String> keys(String prefix);

  /**
   * Finds entries by the fields of their values, which are JSON, among those of this store's
   * prefix.
   *
   * <pre>{@code
   * StateQuery open = StateQuery.of(StateFilter.eq("status", "open")).orderBy("placed");
   * QueryPage<Order> page = orders.query(open, Order.class);
   * }</pre>
   *
   * @param query see also {@link QueryDocument}, which reads Dapr's
   * @param type what to decode the stored bytes to
   * @throws dev.inboard.common.InboardException {@code UNSUPPORTED} when the store has no queries,
   *     or encrypts its values; {@code INVALID_ARGUMENT} when the token is none of its own
   */
  <T> QueryPage<T> query(StateQuery query, Class<T> type);

  /** As {@link #query(StateQuery, Class)}, for a generic type. */
  <T> QueryPage<T> query(StateQuery query, TypeRef<T> type);

  /** Returns the same verbs without blocking. */
  AsyncStateStore async();
}
