package dev.inboard.internal.state;

import dev.inboard.common.InboardException;
import dev.inboard.spi.Feature;
import dev.inboard.spi.state.BulkStateStoreDriver;
import dev.inboard.spi.state.StateOperation;
import dev.inboard.spi.state.StateStoreDriver;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;

/** A store with bulk calls of its own, which it counts. */
final class BulkDriver extends PlainDriver implements BulkStateStoreDriver {
  final AtomicInteger calls = new AtomicInteger();

  BulkDriver(StateStoreDriver behind) {
    super(behind);
  }

  @Override
  public Set<Feature> features() {
    return behind.features();
  }

  @Override
  public CompletionStage<List<Item>> getBulk(List<String> keys) {
    calls.incrementAndGet();
    List<Item> items = new ArrayList<>();
    keys.forEach(key -> items.add(new Item(get(key).toCompletableFuture().join(), null)));
    return CompletableFuture.completedFuture(items);
  }

  @Override
  public CompletionStage<List<Result>> writeBulk(List<? extends StateOperation> operations) {
    calls.incrementAndGet();
    List<Result> results = new ArrayList<>();
    for (StateOperation operation : operations) {
      try {
        results.add(new Result(write(operation), null));
      } catch (CompletionException e) {
        results.add(new Result(null, (InboardException) e.getCause()));
      }
    }
    return CompletableFuture.completedFuture(results);
  }

  private String write(StateOperation operation) {
    if (operation instanceof StateOperation.Set set) {
      return set(set).toCompletableFuture().join();
    }
    delete((StateOperation.Delete) operation).toCompletableFuture().join();
    return null;
  }
}
