package dev.inboard.spi.conformance;

import static dev.inboard.spi.conformance.StateFixture.await;
import static dev.inboard.spi.conformance.StateFixture.set;
import static org.assertj.core.api.Assertions.assertThat;

import dev.inboard.common.ErrorCode;
import dev.inboard.common.InboardException;
import dev.inboard.spi.Feature;
import dev.inboard.spi.state.KeyListingStateStoreDriver;
import dev.inboard.spi.state.KeyListingStateStoreDriver.Page;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Keys by prefix, page by page. */
interface StateKeyListingSuite extends StateFixture {
  private KeyListingStateStoreDriver listing() {
    needs(Feature.KEY_LISTING);
    return (KeyListingStateStoreDriver) driver();
  }

  /** Overlooks repetitions where the store says that it may repeat keys. */
  private List<String> once(List<String> keys) {
    return mayRepeatKeys() ? keys.stream().distinct().toList() : keys;
  }

  private List<String> put(String stem, int count) {
    List<String> keys = IntStream.range(0, count).mapToObj(i -> key(stem + i)).toList();
    List<CompletionStage<?>> writes = new ArrayList<>();
    keys.forEach(key -> writes.add(driver().set(set(key, "value"))));
    writes.forEach(StateFixture::await);
    return keys;
  }

  @ParameterizedTest(name = "pages of {0}")
  @ValueSource(ints = {1, 5, 6, 11, 12, 13, 100})
  @DisplayName("twelve keys are listed exactly once, whatever the size of a page")
  default void twelveKeysAreListedOnce(int limit) {
    listing();
    List<String> keys = put("twelve-", 12);
    put("other-", 3);
    assertThat(list(key("twelve-"), limit, null)).containsExactlyInAnyOrderElementsOf(keys);
  }

  @ParameterizedTest(name = "pages of {0}")
  @ValueSource(ints = {100, 1_000, 1_024, 1_025, 10_000})
  @DisplayName("1,025 keys are listed exactly once, whatever the size of a page")
  default void manyKeysAreListedOnce(int limit) {
    listing();
    List<String> keys = put("many-", 1_025);
    assertThat(list(key("many-"), limit, null)).containsExactlyInAnyOrderElementsOf(keys);
  }

  @Test
  @DisplayName("a prefix that no key has gives one empty page")
  default void unknownPrefixGivesNothing() {
    listing();
    put("a", 1);
    assertThat(list(key("nothing"), 10, null)).isEmpty();
  }

  @Test
  @DisplayName("the empty prefix lists every key")
  default void emptyPrefixListsEverything() {
    listing();
    List<String> keys = put("every-", 3);
    assertThat(list("", 1_000, null)).containsAll(keys);
  }

  @Test
  @DisplayName("a key is a prefix of itself, and a prefix ends anywhere")
  default void prefixesEndAnywhere() {
    listing();
    put(key("order"), "1");
    put(key("order-1"), "1");
    put(key("orders"), "1");
    put(key("Order"), "1");
    assertThat(list(key("order"), 10, null))
        .containsExactlyInAnyOrder(key("order"), key("order-1"), key("orders"));
    assertThat(list(key("order-"), 10, null)).containsExactly(key("order-1"));
    assertThat(list(key("Ord"), 10, null)).containsExactly(key("Order"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "%",
        "_",
        "*",
        "?",
        "\\",
        "[a]",
        "\\%",
        "'",
        "||",
        "漢",
        "\uD83D\uDE00",
        "\uFFFF",
        " "
      })
  @DisplayName("wildcards and odd characters in a prefix mean themselves")
  default void prefixIsLiteral(String odd) {
    listing();
    put(key("p" + odd + "1"), "1");
    put(key("p" + odd), "1");
    put(key("pa1"), "1");
    put(key("p"), "1");
    put(key("x" + odd + "1"), "1");
    assertThat(list(key("p" + odd), 10, null))
        .containsExactlyInAnyOrder(key("p" + odd), key("p" + odd + "1"));
  }

  @Test
  @DisplayName("a deleted key is no longer listed, a rewritten one still once")
  default void listingFollowsWrites() {
    listing();
    List<String> keys = put("follow-", 4);
    remove(keys.get(1));
    put(keys.get(2), "again");
    assertThat(list(key("follow-"), 10, null))
        .containsExactlyInAnyOrder(keys.get(0), keys.get(2), keys.get(3));
  }

  @Test
  @DisplayName("keys deleted between two pages make no other disappear")
  default void deletionsBetweenPagesHideNothingElse() {
    listing();
    List<String> keys = new ArrayList<>(put("del-", 12));
    Page first = await(listing().listKeys(key("del-"), 5, null));
    while (first.keys().isEmpty()) {
      assertThat(first.token()).isNotNull();
      first = await(listing().listKeys(key("del-"), 5, first.token()));
    }
    assertThat(first.token()).isNotNull();
    List<String> seen = new ArrayList<>(first.keys());
    seen.forEach(this::remove);
    List<String> remaining = new ArrayList<>(keys);
    remaining.removeAll(seen);
    String alsoDeleted = remaining.remove(0);
    remove(alsoDeleted);
    List<String> rest = list(key("del-"), 5, first.token());
    assertThat(rest).doesNotHaveDuplicates().containsAll(remaining);
    assertThat(rest).doesNotContainAnyElementsOf(seen);
  }

  @Test
  @DisplayName("keys that come between two pages make no other disappear or appear twice")
  default void insertionsBetweenPagesDisturbNothing() {
    listing();
    List<String> keys = put("ins-5", 12);
    Page first = await(listing().listKeys(key("ins-"), 5, null));
    put("ins-1", 6);
    put("ins-9", 6);
    List<String> all = new ArrayList<>(first.keys());
    all.addAll(list(key("ins-"), 5, first.token()));
    assertThat(once(all)).doesNotHaveDuplicates().containsAll(keys);
  }

  @Test
  @DisplayName("keys rewritten between two pages are listed exactly once")
  default void rewritesBetweenPagesDisturbNothing() {
    listing();
    List<String> keys = put("rew-", 12);
    Page first = await(listing().listKeys(key("rew-"), 5, null));
    List<String> all = new ArrayList<>(first.keys());
    keys.forEach(key -> put(key, "again"));
    all.addAll(list(key("rew-"), 5, first.token()));
    assertThat(once(all)).containsExactlyInAnyOrderElementsOf(keys);
  }

  @ParameterizedTest
  @ValueSource(strings = {"made up", "-1", "99999999999999999999", "'; DROP TABLE state; --", "é"})
  @DisplayName("a token that the store did not make is refused, or finds nothing of another prefix")
  default void strangeTokenIsHarmless(String token) {
    listing();
    List<String> keys = put("tok-", 3);
    try {
      assertThat(keys).containsAll(list(key("tok-"), 10, token));
    } catch (InboardException e) {
      assertThat(e.code()).as(e.getMessage()).isEqualTo(ErrorCode.INVALID_ARGUMENT);
    }
  }
}
