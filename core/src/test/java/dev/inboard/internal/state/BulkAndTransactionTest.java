package dev.inboard.internal.state;

import static dev.inboard.internal.state.Failures.assertFails;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.inboard.TypeRef;
import dev.inboard.common.ErrorCode;
import dev.inboard.common.InboardException;
import dev.inboard.spi.state.StateOperation;
import dev.inboard.spi.state.StateStoreDriver;
import dev.inboard.state.BulkEntry;
import dev.inboard.state.BulkResult;
import dev.inboard.state.SaveOptions;
import dev.inboard.state.StateChange;
import dev.inboard.state.StateStore;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class BulkAndTransactionTest {
  private final TestStore component = new TestStore();
  private final StateStoreDriver driver = component.inMemory();

  /** With bulk calls of the driver, and without. */
  enum Way {
    SINGLE_CALLS,
    BULK_CALLS
  }

  private StateStore orders(Way way) {
    return component.over(way == Way.BULK_CALLS ? new BulkDriver(driver) : driver);
  }

  @ParameterizedTest
  @EnumSource
  void bulkReadKeepsOrderDuplicatesAndGaps(Way way) {
    StateStore orders = orders(way);
    orders.save("a", 1);
    orders.save("b", 2);
    List<BulkEntry<Integer>> entries =
        orders.getBulk(List.of("b", "none", "a", "b"), Integer.class);
    assertThat(entries).extracting(BulkEntry::key).containsExactly("b", "none", "a", "b");
    assertThat(entries)
        .extracting(entry -> entry.orThrow().map(found -> found.value()).orElse(0))
        .containsExactly(2, 0, 1, 2);
    assertThat(entries.get(0).entry().etag())
        .isEqualTo(orders.get("b", Integer.class).orElseThrow().etag());
    assertThat(orders.getBulk(List.of("a"), new TypeRef<Integer>() {})).hasSize(1);
  }

  @ParameterizedTest
  @EnumSource
  void valueThatDoesNotDecodeSpoilsOnlyItsItem(Way way) {
    StateStore orders = orders(way);
    orders.save("a", 1);
    driver
        .set(StateOperation.Set.of("checkout||bad", "confidential".getBytes(UTF_8)))
        .toCompletableFuture()
        .join();
    List<BulkEntry<Integer>> entries = orders.getBulk(List.of("bad", "a"), Integer.class);
    assertThat(entries.get(0).failure().code()).isEqualTo(ErrorCode.DATA_LOSS);
    assertThat(entries.get(0).failure().getMessage())
        .contains("get 'bad'")
        .doesNotContain("confidential");
    assertThatThrownBy(() -> entries.get(0).orThrow()).isSameAs(entries.get(0).failure());
    assertThat(entries.get(1).orThrow().orElseThrow().value()).isEqualTo(1);
  }

  @ParameterizedTest
  @EnumSource
  void bulkWriteFailsItemByItem(Way way) {
    StateStore orders = orders(way);
    String a = orders.save("a", 1);
    orders.save("b", 1);
    List<BulkResult> results =
        orders.saveBulk(
            List.of(
                StateChange.save("a", 2, SaveOptions.ifMatch(a)),
                StateChange.save("b", 2, SaveOptions.ifMatch("wrong")),
                StateChange.save("c", 2)));
    assertThat(results).extracting(BulkResult::key).containsExactly("a", "b", "c");
    assertThat(results).extracting(BulkResult::succeeded).containsExactly(true, false, true);
    assertThat(results.get(0).orThrow())
        .isEqualTo(orders.get("a", Integer.class).orElseThrow().etag());
    InboardException failure = results.get(1).failure();
    assertThat(failure.code()).isEqualTo(ErrorCode.ETAG_MISMATCH);
    assertThat(failure.getMessage()).startsWith("orders (state.in-memory): save 'b' failed");
    assertThatThrownBy(() -> results.get(1).orThrow()).isSameAs(failure);
    assertThat(orders.get("b", Integer.class).orElseThrow().value()).isEqualTo(1);
  }

  @ParameterizedTest
  @EnumSource
  void bulkDeletionFailsItemByItem(Way way) {
    StateStore orders = orders(way);
    String a = orders.save("a", 1);
    orders.save("b", 1);
    List<BulkResult> results =
        orders.deleteBulk(
            List.of(
                StateChange.delete("a", a),
                StateChange.delete("b", "wrong"),
                StateChange.delete("c")));
    assertThat(results).extracting(BulkResult::succeeded).containsExactly(true, false, true);
    assertThat(results.get(1).failure().operation()).isEqualTo("delete 'b'");
    assertThat(orders.get("a", Integer.class)).isEmpty();
    assertThat(orders.get("b", Integer.class)).isPresent();
  }

  @ParameterizedTest
  @EnumSource
  void noItemsAreNoWork(Way way) {
    StateStore orders = orders(way);
    assertThat(orders.getBulk(List.of(), String.class)).isEmpty();
    assertThat(orders.saveBulk(List.of())).isEmpty();
    assertThat(orders.deleteBulk(List.of())).isEmpty();
    assertThat(orders.transaction(List.of())).isEmpty();
  }

  @Test
  void bulkCallsOfTheDriverAreUsed() {
    BulkDriver bulk = new BulkDriver(driver);
    StateStore orders = component.over(bulk);
    orders.saveBulk(List.of(StateChange.save("a", 1), StateChange.save("b", 2)));
    orders.getBulk(List.of("a", "b"), Integer.class);
    assertThat(bulk.calls).hasValue(2);
    orders.getBulk(List.of("a"), Integer.class);
    assertThat(bulk.calls).as("one key is a single call").hasValue(2);
  }

  @Test
  void thousandsOfSingleCallsAreABulkCall() {
    StateStore orders = orders(Way.SINGLE_CALLS);
    List<StateChange.Save> changes =
        IntStream.range(0, 5_000).mapToObj(i -> StateChange.save("k" + i, i)).toList();
    assertThat(orders.saveBulk(changes)).allMatch(BulkResult::succeeded);
    assertThat(orders.getBulk(changes.stream().map(StateChange.Save::key).toList(), Integer.class))
        .extracting(entry -> entry.entry().value())
        .isEqualTo(IntStream.range(0, 5_000).boxed().toList());
  }

  @Test
  void transactionTakesEffectAsAWhole() {
    StateStore orders = component.over(driver);
    String a = orders.save("a", 1);
    orders.save("b", 1);
    List<String> etags =
        orders.transaction(
            List.of(
                StateChange.save("a", 2, SaveOptions.ifMatch(a)),
                StateChange.delete("b"),
                StateChange.save("c", 2)));
    assertThat(etags)
        .containsExactly(
            orders.get("a", Integer.class).orElseThrow().etag(),
            null,
            orders.get("c", Integer.class).orElseThrow().etag());
    assertThat(orders.get("b", Integer.class)).isEmpty();
  }

  @Test
  void failedTransactionNamesTheKeyAndChangesNothing() {
    StateStore orders = component.over(driver);
    orders.save("a", 1);
    assertFails(
        ErrorCode.ETAG_MISMATCH,
        () ->
            orders.transaction(
                List.of(
                    StateChange.save("new", 1),
                    StateChange.save("a", 2, SaveOptions.ifMatch("wrong")))),
        "transaction of 2 changes",
        "||a'");
    assertThat(orders.get("new", Integer.class)).isEmpty();
    assertThat(orders.get("a", Integer.class).orElseThrow().value()).isEqualTo(1);
  }

  @Test
  void streamOfKeysReadsAllPages() {
    StateStore orders = component.over(driver);
    List<String> expected = new ArrayList<>();
    for (int i = 0; i < 2_500; i++) {
      orders.save("order-" + i, i);
      expected.add("order-" + i);
    }
    orders.save("other", 1);
    try (Stream<String> keys = orders.keys("order-")) {
      assertThat(keys).containsExactlyInAnyOrderElementsOf(expected);
    }
    assertThat(orders.keys("nothing")).isEmpty();
    assertThat(orders.keys("order-").limit(3)).hasSize(3);
  }
}
