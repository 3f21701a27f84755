package dev.inboard.spi.conformance;

import static dev.inboard.spi.conformance.StateFixture.assertMismatch;
import static dev.inboard.spi.conformance.StateFixture.await;
import static dev.inboard.spi.conformance.StateFixture.found;
import static dev.inboard.spi.conformance.StateFixture.set;
import static dev.inboard.spi.state.Concurrency.FIRST_WRITE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.inboard.spi.Feature;
import dev.inboard.spi.state.BulkStateStoreDriver;
import dev.inboard.spi.state.StateOperation;
import dev.inboard.spi.state.TransactionalStateStoreDriver;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;

/**
 * Entries that end: when they do, what shows it, and that an ended entry is an absent one
 * everywhere.
 */
interface StateTtlSuite extends StateFixture {
  @BeforeEach
  default void ttlTestsNeedTtl(TestInfo test) {
    if (test.getTestMethod().orElseThrow().getDeclaringClass() == StateTtlSuite.class) {
      needs(Feature.TTL);
    }
  }

  private void putExpiring(String key, String value, Duration ttl) {
    await(driver().set(set(key, value).expiringAfter(ttl)));
  }

  /** Writes an entry, waits until it has ended, and returns its ETag. */
  @SuppressWarnings("NullAway") // null only where the store has no ETags
  private String putExpired(String key) throws InterruptedException {
    String etag = await(driver().set(set(key, "ended").expiringAfter(ttlStep())));
    passTime(ttlStep());
    Awaitility.await("end of " + key).atMost(PATIENCE).until(() -> get(key) == null);
    return etag;
  }

  private void assertEndsIn(String key, Duration ttl) {
    assertThat(live(key).expiresAt())
        .as("end of %s", key)
        .isCloseTo(now().plus(ttl), within(1, ChronoUnit.MINUTES));
  }

  @Test
  @DisplayName("an entry is there until its time is over, and then it is absent")
  default void entryEnds() throws InterruptedException {
    putExpiring(key("long"), "1", Duration.ofHours(1));
    putExpired(key("short"));
    assertAbsent(key("short"));
    assertThat(text(key("long"))).isEqualTo("1");
  }

  @Test
  @DisplayName("get tells when the entry ends")
  default void getTellsTheEnd() {
    putExpiring(key("a"), "1", Duration.ofHours(1));
    assertEndsIn(key("a"), Duration.ofHours(1));
  }

  @Test
  @DisplayName("a time to live of ten years is kept")
  default void longTtlIsKept() {
    putExpiring(key("a"), "1", Duration.ofDays(3650));
    assertEndsIn(key("a"), Duration.ofDays(3650));
  }

  @Test
  @DisplayName("the shortest time to live is a time to live, not for ever")
  default void shortestTtlEnds() throws InterruptedException {
    putExpiring(key("a"), "1", Duration.ofMillis(1));
    passTime(ttlStep());
    Awaitility.await().atMost(PATIENCE).until(() -> get(key("a")) == null);
  }

  @Test
  @DisplayName("a new time to live replaces the old one")
  default void rewriteReplacesTheEnd() {
    putExpiring(key("a"), "1", Duration.ofHours(1));
    putExpiring(key("a"), "2", Duration.ofHours(5));
    assertEndsIn(key("a"), Duration.ofHours(5));
  }

  @Test
  @DisplayName("a write without a time to live ends the time to live")
  default void rewriteWithoutTtlClearsTheEnd() throws InterruptedException {
    putExpiring(key("a"), "1", ttlStep().plusSeconds(5));
    put(key("a"), "2");
    assertThat(live(key("a")).expiresAt()).isNull();
    passTime(ttlStep().plusSeconds(6));
    assertThat(text(key("a"))).isEqualTo("2");
  }

  @Test
  @DisplayName("a conditional write without a time to live ends the time to live too")
  default void conditionalRewriteClearsTheEnd() {
    needs(Feature.ETAG);
    putExpiring(key("a"), "1", Duration.ofHours(1));
    await(driver().set(set(key("a"), "2").ifMatch(etag(key("a")))));
    assertThat(live(key("a")).expiresAt()).isNull();
  }

  @Test
  @DisplayName("a refused write leaves the time to live as it was")
  default void refusedWriteKeepsTheEnd() {
    needs(Feature.ETAG);
    putExpiring(key("a"), "1", Duration.ofHours(1));
    assertMismatch(
        driver().set(set(key("a"), "2").ifMatch("9999999").expiringAfter(Duration.ofHours(5))));
    assertEndsIn(key("a"), Duration.ofHours(1));
  }

  @Test
  @DisplayName("the key of an ended entry can be used again, without inheriting the end")
  default void keyOfEndedEntryIsFree() throws InterruptedException {
    putExpired(key("a"));
    put(key("a"), "2");
    assertThat(text(key("a"))).isEqualTo("2");
    assertThat(live(key("a")).expiresAt()).isNull();
  }

  @Test
  @DisplayName(
      "the ETag of an ended entry is refused; first-write creates in its place; deleting it succeeds")
  default void endedEntryIsAbsentForWriters() throws InterruptedException {
    needs(Feature.ETAG);
    String etag = putExpired(key("a"));
    assertMismatch(driver().set(set(key("a"), "2").ifMatch(etag)));
    assertMismatch(driver().delete(StateOperation.Delete.of(key("a")).ifMatch(etag)));
    remove(key("a"));
    assertAbsent(key("a"));

    putExpired(key("b"));
    await(driver().set(set(key("b"), "2").with(FIRST_WRITE)));
    assertThat(text(key("b"))).isEqualTo("2");
    assertThat(live(key("b")).expiresAt()).isNull();
  }

  @Test
  @DisplayName("a transaction takes an ended entry for absent, and its entries end as told")
  default void transactionsKnowTheEnd() throws InterruptedException {
    needs(Feature.TRANSACTIONAL);
    needs(Feature.ETAG);
    TransactionalStateStoreDriver transactional = (TransactionalStateStoreDriver) driver();
    String etag = putExpired(key("a"));
    assertMismatch(
        transactional.transact(List.of(set(key("x"), "1"), set(key("a"), "2").ifMatch(etag))));
    assertAbsent(key("x"));
    putExpiring(key("c"), "1", Duration.ofHours(1));
    await(
        transactional.transact(
            List.of(
                set(key("a"), "2").with(FIRST_WRITE),
                set(key("b"), "2").expiringAfter(Duration.ofHours(2)),
                set(key("c"), "2"))));
    assertThat(text(key("a"))).isEqualTo("2");
    assertEndsIn(key("b"), Duration.ofHours(2));
    assertThat(live(key("c")).expiresAt()).isNull();
  }

  @Test
  @DisplayName("ended entries are not listed")
  default void endedEntriesAreNotListed() throws InterruptedException {
    needs(Feature.KEY_LISTING);
    put(key("list-live"), "1");
    putExpiring(key("list-later"), "1", Duration.ofHours(1));
    putExpired(key("list-ended"));
    assertThat(list(key("list-"), 10, null))
        .containsExactlyInAnyOrder(key("list-live"), key("list-later"));
  }

  @Test
  @DisplayName("a bulk read takes an ended entry for absent and tells the end of the others")
  default void bulkKnowsTheEnd() throws InterruptedException {
    assumeTrue(expectsBulk(), "the store has no bulk calls of its own");
    BulkStateStoreDriver bulk = (BulkStateStoreDriver) driver();
    await(
        bulk.writeBulk(
            List.of(
                set(key("later"), "1").expiringAfter(Duration.ofHours(1)),
                set(key("never"), "1"))));
    putExpired(key("ended"));
    List<BulkStateStoreDriver.Item> items =
        await(bulk.getBulk(List.of(key("ended"), key("later"), key("never"))));
    assertThat(items.get(0).value()).isNull();
    assertThat(found(items.get(1)).expiresAt())
        .isCloseTo(now().plus(Duration.ofHours(1)), within(1, ChronoUnit.MINUTES));
    assertThat(found(items.get(2)).expiresAt()).isNull();
  }
}
