package dev.inboard.spi.conformance;

import static dev.inboard.spi.conformance.StateFixture.await;
import static dev.inboard.spi.conformance.StateFixture.bytes;
import static dev.inboard.spi.conformance.StateFixture.found;
import static dev.inboard.spi.conformance.StateFixture.set;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.inboard.common.ErrorCode;
import dev.inboard.common.InboardException;
import dev.inboard.spi.Feature;
import dev.inboard.spi.state.BulkStateStoreDriver;
import dev.inboard.spi.state.BulkStateStoreDriver.Item;
import dev.inboard.spi.state.BulkStateStoreDriver.Result;
import dev.inboard.spi.state.Concurrency;
import dev.inboard.spi.state.StateOperation;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Many keys in one call: order, duplicates, and failures that stay with their item. */
interface StateBulkSuite extends StateFixture {
  private BulkStateStoreDriver bulk() {
    assumeTrue(expectsBulk(), "the store has no bulk calls of its own");
    return (BulkStateStoreDriver) driver();
  }

  private static String valueOf(Item item) {
    return new String(found(item).value(), UTF_8);
  }

  @Test
  @DisplayName("a bulk read answers in the order of the keys, absent keys included")
  default void bulkReadKeepsTheOrder() {
    BulkStateStoreDriver bulk = bulk();
    put(key("b"), "2");
    put(key("a"), "1");
    put(key("d"), "4");
    List<Item> items = await(bulk.getBulk(List.of(key("d"), key("c"), key("a"), key("b"))));
    assertThat(items).hasSize(4);
    assertThat(valueOf(items.get(0))).isEqualTo("4");
    assertThat(items.get(1)).isEqualTo(new Item(null, null));
    assertThat(valueOf(items.get(2))).isEqualTo("1");
    assertThat(valueOf(items.get(3))).isEqualTo("2");
  }

  @Test
  @DisplayName("a key asked for twice is answered twice")
  default void bulkReadAnswersDuplicates() {
    BulkStateStoreDriver bulk = bulk();
    put(key("a"), "1");
    List<Item> items = await(bulk.getBulk(List.of(key("a"), key("no"), key("a"), key("no"))));
    assertThat(items).hasSize(4);
    assertThat(valueOf(items.get(0))).isEqualTo("1");
    assertThat(items.get(1).value()).isNull();
    assertThat(valueOf(items.get(2))).isEqualTo("1");
    assertThat(items.get(3).value()).isNull();
  }

  @Test
  @DisplayName("a bulk call without items is answered without items")
  default void emptyBulkSucceeds() {
    assertThat(await(bulk().getBulk(List.of()))).isEmpty();
    assertThat(await(bulk().writeBulk(List.of()))).isEmpty();
  }

  @Test
  @DisplayName("a bulk read tells the ETags and keeps every byte")
  default void bulkReadIsAsGoodAsSingleReads() {
    BulkStateStoreDriver bulk = bulk();
    byte[] value = {0, 1, -1, 0};
    await(driver().set(StateOperation.Set.of(key("a"), value)));
    await(driver().set(StateOperation.Set.of(key("empty"), new byte[0])));
    List<Item> items = await(bulk.getBulk(List.of(key("a"), key("empty"))));
    assertThat(found(items.get(0)).value()).containsExactly(value);
    assertThat(found(items.get(0)).etag()).isEqualTo(live(key("a")).etag());
    assertThat(found(items.get(1)).value()).isEmpty();
  }

  @Test
  @DisplayName("a bulk write writes and deletes, and returns the ETags in order")
  default void bulkWriteWritesAndDeletes() {
    BulkStateStoreDriver bulk = bulk();
    put(key("gone"), "0");
    List<Result> results =
        await(
            bulk.writeBulk(
                List.of(
                    set(key("a"), "1"),
                    StateOperation.Delete.of(key("gone")),
                    StateOperation.Delete.of(key("never")),
                    set(key("b"), "2"))));
    assertThat(results).extracting(Result::failure).containsOnlyNulls();
    assertThat(results)
        .extracting(Result::etag)
        .containsExactly(live(key("a")).etag(), null, null, live(key("b")).etag());
    assertThat(text(key("a"))).isEqualTo("1");
    assertThat(text(key("b"))).isEqualTo("2");
    assertAbsent(key("gone"));
  }

  @Test
  @DisplayName("in a bulk write each item succeeds or fails by itself")
  default void bulkWriteFailsItemByItem() {
    needs(Feature.ETAG);
    BulkStateStoreDriver bulk = bulk();
    String a = put(key("a"), "1");
    String b = put(key("b"), "1");
    String c = put(key("c"), "1");
    String d = put(key("d"), "1");
    List<Result> results =
        await(
            bulk.writeBulk(
                List.of(
                    set(key("a"), "2").ifMatch(a),
                    set(key("b"), "2").ifMatch("9999999"),
                    StateOperation.Delete.of(key("c")).ifMatch("9999999"),
                    StateOperation.Delete.of(key("d")).ifMatch(d),
                    set(key("b2"), "2").with(Concurrency.FIRST_WRITE),
                    set(key("absent"), "2").ifMatch(a))));
    assertThat(results)
        .extracting(result -> result.failure() == null ? null : result.failure().code())
        .containsExactly(
            null,
            ErrorCode.ETAG_MISMATCH,
            ErrorCode.ETAG_MISMATCH,
            null,
            null,
            ErrorCode.ETAG_MISMATCH);
    assertThat(results.get(1).failure())
        .isNotNull()
        .extracting(InboardException::operation)
        .asString()
        .contains(key("b"));
    assertThat(text(key("a"))).isEqualTo("2");
    assertThat(live(key("a")).etag()).isEqualTo(results.get(0).etag()).isNotEqualTo(a);
    assertThat(live(key("b")).etag()).isEqualTo(b);
    assertThat(live(key("c")).etag()).isEqualTo(c);
    assertAbsent(key("d"));
    assertThat(text(key("b2"))).isEqualTo("2");
    assertAbsent(key("absent"));
  }

  @Test
  @DisplayName("2,000 items fit in one call")
  default void manyItemsFit() {
    BulkStateStoreDriver bulk = bulk();
    List<StateOperation.Set> writes =
        IntStream.range(0, 2_000)
            .mapToObj(i -> StateOperation.Set.of(key("k" + i), bytes("v" + i)))
            .toList();
    assertThat(await(bulk.writeBulk(writes))).extracting(Result::failure).containsOnlyNulls();
    List<Item> items = await(bulk.getBulk(writes.stream().map(StateOperation.Set::key).toList()));
    assertThat(items)
        .extracting(StateBulkSuite::valueOf)
        .isEqualTo(IntStream.range(0, 2_000).mapToObj(i -> "v" + i).toList());
  }
}
