package dev.inboard.internal.state;

import dev.inboard.common.ErrorCode;
import dev.inboard.common.InboardException;
import dev.inboard.spi.state.BulkStateStoreDriver;
import dev.inboard.spi.state.BulkStateStoreDriver.Item;
import dev.inboard.spi.state.BulkStateStoreDriver.Result;
import dev.inboard.spi.state.StateOperation;
import dev.inboard.spi.state.StateStoreDriver;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/**
 * Bulk calls: the driver's own where it has them, else single calls at the same time, with the same
 * outcome.
 */
final class BulkCalls {
  private BulkCalls() {}

  static CompletionStage<List<Item>> get(StateStoreDriver driver, List<String> keys) {
    if (driver instanceof BulkStateStoreDriver bulk && keys.size() > 1) {
      return bulk.getBulk(keys);
    }
    List<CompletionStage<Item>> items = new ArrayList<>(keys.size());
    keys.forEach(key -> items.add(settled(driver.get(key), Item::new)));
    return all(items);
  }

  static CompletionStage<List<Result>> write(
      StateStoreDriver driver, List<StateOperation> operations) {
    if (driver instanceof BulkStateStoreDriver bulk && operations.size() > 1) {
      return bulk.writeBulk(operations);
    }
    List<CompletionStage<Result>> results = new ArrayList<>(operations.size());
    operations.forEach(operation -> results.add(settled(write(driver, operation), Result::new)));
    return all(results);
  }

  private static CompletionStage<@Nullable String> write(
      StateStoreDriver driver, StateOperation operation) {
    return operation instanceof StateOperation.Set set
        ? driver.set(set)
        : driver.delete((StateOperation.Delete) operation).thenApply(done -> null);
  }

  /** Turns the outcome of one call, good or bad, into an item. */
  private static <R extends @Nullable Object, I> CompletionStage<I> settled(
      CompletionStage<R> call, BiFunction<@Nullable R, @Nullable InboardException, I> item) {
    return call.handle(
        (result, failure) -> item.apply(result, failure == null ? null : known(failure)));
  }

  private static InboardException known(Throwable failure) {
    Throwable cause =
        failure instanceof CompletionException && failure.getCause() != null
            ? failure.getCause()
            : failure;
    return cause instanceof InboardException known
        ? known
        : new InboardException(
            ErrorCode.INTERNAL,
            null,
            "single call",
            "the driver failed in a way that it should not: " + cause.getClass().getName(),
            cause);
  }

  private static <I> CompletionStage<List<I>> all(List<CompletionStage<I>> items) {
    CompletableFuture<?>[] futures =
        items.stream()
            .map(CompletionStage::toCompletableFuture)
            .toArray(CompletableFuture<?>[]::new);
    return CompletableFuture.allOf(futures)
        .thenApply(done -> items.stream().map(item -> item.toCompletableFuture().join()).toList());
  }
}
