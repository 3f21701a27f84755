package dev.inboard.internal.state;

import dev.inboard.TypeRef;
import dev.inboard.internal.runtime.Derived;
import dev.inboard.internal.runtime.DriverCalls;
import dev.inboard.spi.state.StateQuery;
import dev.inboard.spi.state.StateStoreDriver;
import dev.inboard.state.AsyncStateStore;
import dev.inboard.state.BulkEntry;
import dev.inboard.state.BulkResult;
import dev.inboard.state.KeyPage;
import dev.inboard.state.QueryPage;
import dev.inboard.state.SaveOptions;
import dev.inboard.state.StateChange;
import dev.inboard.state.StateEntry;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** The requests of a {@link DefaultStateStore}, carried out without waiting. */
final class DefaultAsyncStateStore implements AsyncStateStore {
  private final Derived<StateStoreDriver, StateRequests> requests;
  private final DriverCalls<StateStoreDriver> calls;

  DefaultAsyncStateStore(
      Derived<StateStoreDriver, StateRequests> requests, DriverCalls<StateStoreDriver> calls) {
    this.requests = requests;
    this.calls = calls;
  }

  @Override
  public <T> CompletableFuture<Optional<StateEntry<T>>> get(String key, Class<T> type) {
    return calls.start(() -> requests.get().get(key, type));
  }

  @Override
  public <T> CompletableFuture<Optional<StateEntry<T>>> get(String key, TypeRef<T> type) {
    return calls.start(() -> requests.get().get(key, StateRequests.typeOf(type)));
  }

  @Override
  public <T> CompletableFuture<List<BulkEntry<T>>> getBulk(List<String> keys, Class<T> type) {
    return calls.start(() -> requests.get().getBulk(keys, type));
  }

  @Override
  public <T> CompletableFuture<List<BulkEntry<T>>> getBulk(List<String> keys, TypeRef<T> type) {
    return calls.start(() -> requests.get().getBulk(keys, StateRequests.typeOf(type)));
  }

  @Override
  public CompletableFuture<@Nullable String> save(String key, Object value) {
    return calls.start(() -> requests.get().save(StateChange.save(key, value)));
  }

  @Override
  public CompletableFuture<@Nullable String> save(String key, Object value, SaveOptions options) {
    return calls.start(() -> requests.get().save(StateChange.save(key, value, options)));
  }

  @Override
  public CompletableFuture<List<BulkResult>> saveBulk(List<StateChange.Save> changes) {
    return calls.start(() -> requests.get().bulk("save", changes));
  }

  @Override
  public CompletableFuture<Void> delete(String key) {
    return calls.start(() -> requests.get().delete(StateChange.delete(key)));
  }

  @Override
  public CompletableFuture<Void> delete(String key, @Nullable String etag) {
    return calls.start(() -> requests.get().delete(StateChange.delete(key, etag)));
  }

  @Override
  public CompletableFuture<List<BulkResult>> deleteBulk(List<StateChange.Delete> changes) {
    return calls.start(() -> requests.get().bulk("delete", changes));
  }

  @Override
  public CompletableFuture<List<@Nullable String>> transaction(
      List<? extends StateChange> changes) {
    return calls.start(() -> requests.get().transaction(changes));
  }

  @Override
  public CompletableFuture<KeyPage> keys(String prefix, int limit, @Nullable String token) {
    return calls.start(() -> requests.get().keys(prefix, limit, token));
  }

  @Override
  public <T> CompletableFuture<QueryPage<T>> query(StateQuery query, Class<T> type) {
    return calls.start(() -> requests.get().query(query, type));
  }

  @Override
  public <T> CompletableFuture<QueryPage<T>> query(StateQuery query, TypeRef<T> type) {
    return calls.start(() -> requests.get().query(query, StateRequests.typeOf(type)));
  }
}
