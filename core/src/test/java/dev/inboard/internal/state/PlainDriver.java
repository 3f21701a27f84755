package dev.inboard.internal.state;

import dev.inboard.spi.Feature;
import dev.inboard.spi.state.StateOperation;
import dev.inboard.spi.state.StateStoreDriver;
import dev.inboard.spi.state.StoredValue;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** A store that can do nothing but get, set and delete, although the one behind it could. */
class PlainDriver implements StateStoreDriver {
  final StateStoreDriver behind;

  PlainDriver(StateStoreDriver behind) {
    this.behind = behind;
  }

  @Override
  public Set<Feature> features() {
    return Set.of();
  }

  @Override
  public CompletionStage<@Nullable StoredValue> get(String key) {
    return behind.get(key);
  }

  @Override
  public CompletionStage<@Nullable String> set(StateOperation.Set set) {
    return behind.set(set);
  }

  @Override
  public CompletionStage<Void> delete(StateOperation.Delete delete) {
    return behind.delete(delete);
  }

  @Override
  public void close() {
    behind.close();
  }
}
