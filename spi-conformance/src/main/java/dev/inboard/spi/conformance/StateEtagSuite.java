package dev.inboard.spi.conformance;

import static dev.inboard.spi.conformance.StateFixture.assertMismatch;
import static dev.inboard.spi.conformance.StateFixture.await;
import static dev.inboard.spi.conformance.StateFixture.bytes;
import static dev.inboard.spi.conformance.StateFixture.failure;
import static dev.inboard.spi.conformance.StateFixture.set;
import static dev.inboard.spi.state.Concurrency.FIRST_WRITE;
import static dev.inboard.spi.state.Concurrency.LAST_WRITE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.inboard.common.ErrorCode;
import dev.inboard.common.InboardException;
import dev.inboard.spi.Feature;
import dev.inboard.spi.state.Concurrency;
import dev.inboard.spi.state.StateOperation;
import dev.inboard.spi.state.StateStoreDriver;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** ETags and first-write: the same rules on every store. */
interface StateEtagSuite extends StateFixture {
  @BeforeEach
  default void etagTestsNeedEtags(TestInfo test) {
    if (test.getTestMethod().orElseThrow().getDeclaringClass() == StateEtagSuite.class) {
      needs(Feature.ETAG);
    }
  }

  private void assertUnchanged(String key, String value, String etag) {
    assertThat(text(key)).isEqualTo(value);
    assertThat(live(key).etag()).isEqualTo(etag);
  }

  @Test
  @DisplayName("the ETag that a write returns is the one that a read returns")
  default void writeReturnsTheEtagThatGetReturns() {
    String etag = put(key("a"), "1");
    assertThat(etag).isNotEmpty();
    assertThat(live(key("a")).etag()).isEqualTo(etag);
  }

  @Test
  @DisplayName(
      "every write gives an ETag that the entry never had, even when the value stays the same")
  default void everyWriteGivesAnotherEtag() {
    Set<String> etags = new HashSet<>();
    for (int i = 0; i < 50; i++) {
      assertThat(etags.add(put(key("a"), "same")))
          .as("write %d has an ETag of its own", i)
          .isTrue();
    }
  }

  @Test
  @DisplayName("reading does not change the ETag")
  default void readingDoesNotChangeTheEtag() {
    String etag = put(key("a"), "1");
    live(key("a"));
    assertThat(live(key("a")).etag()).isEqualTo(etag);
  }

  @ParameterizedTest
  @EnumSource(Concurrency.class)
  @DisplayName("a write with the live ETag succeeds and changes it")
  default void writeWithTheLiveEtagSucceeds(Concurrency concurrency) {
    String first = put(key("a"), "1");
    String second = await(driver().set(set(key("a"), "2").ifMatch(first).with(concurrency)));
    assertThat(second).isNotNull().isNotEqualTo(first);
    assertUnchanged(key("a"), "2", second);
  }

  @ParameterizedTest
  @EnumSource(Concurrency.class)
  @DisplayName("an ETag that is no longer the live one is refused, and nothing changes")
  default void staleEtagIsRefused(Concurrency concurrency) {
    String first = put(key("a"), "1");
    String second = await(driver().set(set(key("a"), "2").ifMatch(first)));
    assertMismatch(driver().set(set(key("a"), "3").ifMatch(first).with(concurrency)));
    assertMismatch(driver().delete(new StateOperation.Delete(key("a"), first, concurrency)));
    assertUnchanged(key("a"), "2", second);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "9999999",
        "0",
        "-1",
        "1.5",
        "99999999999999999999999999",
        "not an etag",
        " ",
        "%",
        "'; DROP TABLE state; --",
        "00000000-0000-0000-0000-000000000000",
        "漢",
        "\u0000"
      })
  @DisplayName("an ETag that no store would make is refused as a mismatch, and nothing changes")
  default void malformedEtagIsAMismatch(String malformed) {
    String etag = put(key("a"), "1");
    assertMismatch(driver().set(set(key("a"), "2").ifMatch(malformed)));
    assertMismatch(driver().delete(StateOperation.Delete.of(key("a")).ifMatch(malformed)));
    assertUnchanged(key("a"), "1", etag);
  }

  @Test
  @DisplayName("the ETag of another entry is refused")
  default void etagOfAnotherEntryIsRefused() {
    put(key("other"), "0");
    String foreign = put(key("other"), "1");
    String etag = put(key("a"), "1");
    assertThat(foreign).isNotEqualTo(etag);
    assertMismatch(driver().set(set(key("a"), "2").ifMatch(foreign)));
    assertUnchanged(key("a"), "1", etag);
  }

  @ParameterizedTest
  @EnumSource(Concurrency.class)
  @DisplayName("any ETag on an absent key is refused, and nothing appears")
  default void etagOnAbsentKeyIsRefused(Concurrency concurrency) {
    String foreign = put(key("other"), "1");
    assertMismatch(driver().set(set(key("a"), "1").ifMatch(foreign).with(concurrency)));
    assertMismatch(driver().delete(new StateOperation.Delete(key("a"), foreign, concurrency)));
    assertAbsent(key("a"));
  }

  @Test
  @DisplayName("the ETag of a deleted entry is refused")
  default void etagOfDeletedEntryIsRefused() {
    String etag = put(key("a"), "1");
    remove(key("a"));
    assertMismatch(driver().set(set(key("a"), "2").ifMatch(etag)));
    assertMismatch(driver().delete(StateOperation.Delete.of(key("a")).ifMatch(etag)));
    assertAbsent(key("a"));
  }

  @ParameterizedTest
  @EnumSource(Concurrency.class)
  @DisplayName("a deletion with the live ETag deletes")
  default void deletionWithTheLiveEtagDeletes(Concurrency concurrency) {
    String etag = put(key("a"), "1");
    await(driver().delete(new StateOperation.Delete(key("a"), etag, concurrency)));
    assertAbsent(key("a"));
  }

  @Test
  @DisplayName("a write without an ETag overwrites whatever is there")
  default void writeWithoutEtagOverwrites() {
    String first = put(key("a"), "1");
    String second = await(driver().set(set(key("a"), "2").with(LAST_WRITE)));
    assertThat(second).isNotEqualTo(first);
    assertThat(text(key("a"))).isEqualTo("2");
  }

  @Test
  @DisplayName("first-write without an ETag creates, once")
  default void firstWriteCreatesOnce() {
    String etag = await(driver().set(set(key("a"), "1").with(FIRST_WRITE)));
    assertThat(etag).isNotNull();
    assertMismatch(driver().set(set(key("a"), "2").with(FIRST_WRITE)));
    assertUnchanged(key("a"), "1", etag);
  }

  @Test
  @DisplayName("first-write without an ETag fails on an entry that a plain write made")
  default void firstWriteFailsAfterPlainWrite() {
    String etag = put(key("a"), "1");
    assertMismatch(driver().set(set(key("a"), "2").with(FIRST_WRITE)));
    assertUnchanged(key("a"), "1", etag);
  }

  @Test
  @DisplayName("an entry made by first-write takes plain writes and deletions afterwards")
  default void plainWriteAfterFirstWriteSucceeds() {
    await(driver().set(set(key("a"), "1").with(FIRST_WRITE)));
    put(key("a"), "2");
    assertThat(text(key("a"))).isEqualTo("2");
    remove(key("a"));
    assertAbsent(key("a"));
  }

  @Test
  @DisplayName("first-write creates again after a deletion")
  default void firstWriteCreatesAfterDeletion() {
    await(driver().set(set(key("a"), "1").with(FIRST_WRITE)));
    remove(key("a"));
    await(driver().set(set(key("a"), "2").with(FIRST_WRITE)));
    assertThat(text(key("a"))).isEqualTo("2");
  }

  @Test
  @DisplayName(
      "a first-write deletion without an ETag is refused on a live entry and succeeds on an absent one")
  default void firstWriteDeletionNeedsAnAbsentEntry() {
    String etag = put(key("a"), "1");
    assertMismatch(driver().delete(new StateOperation.Delete(key("a"), null, FIRST_WRITE)));
    assertUnchanged(key("a"), "1", etag);
    await(driver().delete(new StateOperation.Delete(key("absent"), null, FIRST_WRITE)));
  }

  @Test
  @DisplayName("a mismatch names component and key, and never shows a value")
  default void mismatchNamesTheKeyAndNoValue() {
    await(driver().set(StateOperation.Set.of(key("a"), bytes("stored-in-confidence"))));
    InboardException failure =
        failure(driver().set(set(key("a"), "written-in-confidence").ifMatch("9999999")));
    assertThat(failure.code()).isEqualTo(ErrorCode.ETAG_MISMATCH);
    assertThat(failure.component()).isNotEmpty();
    assertThat(failure.operation()).contains(key("a"));
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      assertThat(cause.toString()).doesNotContain("in-confidence");
    }
  }

  @Test
  @DisplayName("two drivers on the same data respect each other's ETags")
  default void etagsHoldAcrossDrivers() throws Exception {
    assumeTrue(sharesData(), "each driver has data of its own");
    String first = put(key("a"), "1");
    StateStoreDriver other = open();
    String second = await(other.set(set(key("a"), "2").ifMatch(first)));
    assertMismatch(driver().set(set(key("a"), "3").ifMatch(first)));
    assertUnchanged(key("a"), "2", second);
  }
}
