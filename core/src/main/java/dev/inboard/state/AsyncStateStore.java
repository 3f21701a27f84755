package dev.inboard.state;

import dev.inboard.TypeRef;
import dev.inboard.spi.state.StateQuery;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * The verbs of {@link StateStore} without blocking: many calls can be under way at once.
 *
 * <h2>Threads</h2>
 *
 * Safe for use by many threads. A future may complete on the thread of the store's client, and
 * functions attached without an executor may run there: keep them short and do not block in them
 * (calls of {@link StateStore} are refused there); move longer work away with {@code
 * thenApplyAsync(…, executor)}. Do not change an array or a collection that was given to a call
 * before its future completes. Cancelling a future does not stop the call.
 *
 * <h2>Errors</h2>
 *
 * Nothing is thrown; every future that fails does so with an {@link
 * dev.inboard.common.InboardException}, bad arguments included.
 */
public interface AsyncStateStore {
  /** See {@link StateStore#get(String, Class)}. */
  <T> CompletableFuture<Optional<StateEntry<T>>> get(String key, Class<T> type);

  /** See {@link StateStore#get(String, TypeRef)}. */
  <T> CompletableFuture<Optional<StateEntry<T>>> get(String key, TypeRef<T> type);

  /** See {@link StateStore#getBulk(List, Class)}. */
  <T> CompletableFuture<List<BulkEntry<T>>> getBulk(List<String> keys, Class<T> type);

  /** See {@link StateStore#getBulk(List, TypeRef)}. */
  <T> CompletableFuture<List<BulkEntry<T>>> getBulk(List<String> keys, TypeRef<T> type);

  /** See {@link StateStore#save(String, Object)}. */
  CompletableFuture<@Nullable String> save(String key, Object value);

  /** See {@link StateStore#save(String, Object, SaveOptions)}. */
  CompletableFuture<@Nullable String> save(String key, Object value, SaveOptions options);

  /** See {@link StateStore#saveBulk}. */
  CompletableFuture<List<BulkResult>> saveBulk(List<StateChange.Save> changes);

  /** See {@link StateStore#delete(String)}. */
  CompletableFuture<Void> delete(String key);

  /** See {@link StateStore#delete(String, String)}. */
  CompletableFuture<Void> delete(String key, @Nullable String etag);

  /** See {@link StateStore#deleteBulk}. */
  CompletableFuture<List<BulkResult>> deleteBulk(List<StateChange.Delete> changes);

  /** See {@link StateStore#transaction}. */
  CompletableFuture<List<@Nullable String>> transaction(List<? extends StateChange> changes);

  /** See {@link StateStore#keys(String, int, String)}. */
  CompletableFuture<KeyPage> keys(String prefix, int limit, @Nullable String token);

  /** See {@link StateStore#query(StateQuery, Class)}. */
  <T> CompletableFuture<QueryPage<T>> query(StateQuery query, Class<T> type);

  /** See {@link StateStore#query(StateQuery, TypeRef)}. */
  <T> CompletableFuture<QueryPage<T>> query(StateQuery query, TypeRef<T> type);
}
