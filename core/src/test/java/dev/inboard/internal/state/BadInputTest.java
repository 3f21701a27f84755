package dev.inboard.internal.state;

import static dev.inboard.internal.state.Failures.assertFails;
import static dev.inboard.internal.state.Failures.assertHides;
import static dev.inboard.internal.state.Failures.failure;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.inboard.TypeRef;
import dev.inboard.common.ErrorCode;
import dev.inboard.common.InboardException;
import dev.inboard.spi.state.StateOperation;
import dev.inboard.spi.state.StateStoreDriver;
import dev.inboard.state.SaveOptions;
import dev.inboard.state.StateChange;
import dev.inboard.state.StateStore;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

class BadInputTest {
  record Order(String id, int quantity) {}

  record Card(Map<String, Order> orders) {}

  private final TestStore component = new TestStore();
  private final StateStoreDriver driver = component.inMemory();
  private final StateStore orders = component.over(driver);

  private void store(String key, String value) {
    driver
        .set(StateOperation.Set.of("checkout||" + key, value.getBytes(UTF_8)))
        .toCompletableFuture()
        .join();
  }

  static Stream<String> badKeys() {
    return Stream.of(
        null,
        "",
        "a||b",
        "||",
        "a|||b",
        "nul\0",
        "\uD800",
        "\uDC00\uD800",
        "end\uD83D",
        "k".repeat(1_025),
        "漢".repeat(342),
        "k".repeat(1 << 20));
  }

  @ParameterizedTest
  @MethodSource("badKeys")
  void badKeyIsRefusedByEveryVerb(String key) {
    List<ThrowingCallable> calls =
        List.of(
            () -> orders.get(key, String.class),
            () -> orders.get(key, new TypeRef<List<String>>() {}),
            () -> orders.getBulk(Arrays.asList("good", key), String.class),
            () -> orders.save(key, "x"),
            () -> orders.save(key, "x", SaveOptions.firstWrite()),
            () ->
                orders.saveBulk(List.of(StateChange.save("good", "x"), StateChange.save(key, "x"))),
            () -> orders.delete(key),
            () -> orders.delete(key, "etag"),
            () -> orders.deleteBulk(List.of(StateChange.delete("good"), StateChange.delete(key))),
            () ->
                orders.transaction(
                    List.of(StateChange.save("good", "x"), StateChange.delete(key))));
    assertThat(calls)
        .allSatisfy(
            call -> {
              assertFails(ErrorCode.INVALID_ARGUMENT, call, "the key ");
              assertThat(failure(call).getMessage()).hasSizeLessThan(1_500);
            });
    assertThat(orders.get("good", String.class)).as("nothing was written").isEmpty();
  }

  @ParameterizedTest
  @MethodSource("badKeys")
  void badKeyFailsTheFutureInsteadOfThrowing(String key) {
    List<CompletableFuture<?>> futures =
        List.of(
            orders.async().get(key, String.class),
            orders.async().save(key, "x"),
            orders.async().delete(key),
            orders.async().transaction(List.of(StateChange.delete(key))));
    assertThat(futures)
        .allSatisfy(
            future ->
                assertThatThrownBy(future::join)
                    .isInstanceOf(CompletionException.class)
                    .hasCauseInstanceOf(InboardException.class)
                    .hasMessageContaining("INVALID_ARGUMENT: the key"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"|", "a|b", "a|", "漢", "\uD83D\uDE00", "%_*", " ", "a\nb"})
  void oddButGoodKeysWork(String key) {
    orders.save(key, "x");
    assertThat(orders.get(key, String.class).orElseThrow().key()).isEqualTo(key);
    assertThat(orders.keys(key, 10, null).keys()).containsExactly(key);
  }

  @Test
  void longestKeysWork() {
    for (String key : List.of("k".repeat(1_024), "漢".repeat(341), "\uD83D\uDE00".repeat(256))) {
      orders.save(key, "x");
      assertThat(orders.get(key, String.class)).isPresent();
    }
  }

  @Test
  void nullValueIsRefused() {
    assertFails(
        ErrorCode.INVALID_ARGUMENT, () -> orders.save("17", null), "save '17'", "null", "delete");
    assertFails(
        ErrorCode.INVALID_ARGUMENT,
        () -> orders.transaction(List.of(StateChange.save("17", null))),
        "null");
    assertFails(
        ErrorCode.INVALID_ARGUMENT,
        () -> orders.saveBulk(List.of(StateChange.save("17", null))),
        "null");
  }

  @Test
  void textThatIsNoUnicodeIsRefusedOrKeptButNeverChanged() {
    SaveOptions bare = SaveOptions.DEFAULT.withContentType("text/plain");
    assertFails(ErrorCode.INVALID_ARGUMENT, () -> orders.save("17", "a\uD800", bare), "surrogate");
    assertThat(orders.get("17", String.class)).isEmpty();
    orders.save("17", "a\uD800");
    assertThat(orders.get("17", String.class).orElseThrow().value()).isEqualTo("a\uD800");
  }

  @Test
  void valueThatDoesNotEncodeIsRefused() {
    assertFails(
        ErrorCode.INVALID_ARGUMENT,
        () -> orders.save("17", new Object()),
        "save '17'",
        "java.lang.Object",
        "application/json");
    Map<String, Object> cycle = new java.util.HashMap<>();
    cycle.put("self", cycle);
    assertFails(ErrorCode.INVALID_ARGUMENT, () -> orders.save("17", cycle), "save '17'");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "null",
        "\"confidential\"",
        "confidential",
        "{\"id\":\"17\",\"quantity\":\"confidential\"}",
        "{\"id\":\"17\",\"quantity\":{\"confidential\":1}}",
        "{\"id\":\"17\"} confidential",
        "{\"id\":\"confidential",
        "[\"confidential\"]"
      })
  void valueOfAnotherTypeIsDataLossAndStaysHidden(String stored) {
    store("17", stored);
    InboardException failure = failure(() -> orders.get("17", Order.class));
    assertThat(failure.code()).isEqualTo(ErrorCode.DATA_LOSS);
    assertThat(failure.getMessage())
        .startsWith("orders (state.in-memory): get '17' failed")
        .contains("Order");
    assertHides(failure, "confidential");
    InboardException ofTypeRef =
        failure(() -> orders.get("17", new TypeRef<Map<String, Order>>() {}));
    assertThat(ofTypeRef.code()).isEqualTo(ErrorCode.DATA_LOSS);
    assertHides(ofTypeRef, "confidential");
  }

  @Test
  void decodeFailureSaysWhereButNotInWhichEntryOfAMap() {
    store("17", "{\"orders\":{\"confidential\":{\"id\":\"1\",\"quantity\":\"x\"}}}");
    InboardException failure = failure(() -> orders.get("17", Card.class));
    assertThat(failure.getMessage()).contains("orders.*.quantity", "line 1");
    assertHides(failure, "confidential");
  }

  @Test
  void bytesThatAreNoTextAreNoString() {
    driver
        .set(StateOperation.Set.of("checkout||17", new byte[] {(byte) 0xC3, 0x28}))
        .toCompletableFuture()
        .join();
    assertFails(
        ErrorCode.DATA_LOSS, () -> orders.get("17", String.class), "get '17'", "java.lang.String");
  }

  @ParameterizedTest
  @NullSource
  @ValueSource(strings = "")
  void emptyEtagIsNoCondition(String etag) {
    orders.save("17", "x");
    assertThat(failure(() -> SaveOptions.ifMatch(etag)).code())
        .isEqualTo(ErrorCode.INVALID_ARGUMENT);
    assertThat(failure(() -> orders.delete("17", etag)).code())
        .isEqualTo(ErrorCode.INVALID_ARGUMENT);
    assertThat(failure(() -> StateChange.delete("17", etag)).code())
        .isEqualTo(ErrorCode.INVALID_ARGUMENT);
    assertThat(orders.get("17", String.class)).isPresent();
  }

  @Test
  void malformedEtagIsAMismatch() {
    orders.save("17", "x");
    assertFails(
        ErrorCode.ETAG_MISMATCH, () -> orders.save("17", "y", SaveOptions.ifMatch("no etag")));
  }

  @Test
  void timeToLiveMustBePositiveAndNotAbsurd() {
    for (Duration ttl :
        List.of(
            Duration.ZERO,
            Duration.ofSeconds(-1),
            Duration.ofSeconds(1L << 31),
            Duration.ofSeconds(Long.MAX_VALUE))) {
      assertThat(failure(() -> SaveOptions.expiringAfter(ttl)).code())
          .isEqualTo(ErrorCode.INVALID_ARGUMENT);
    }
    orders.save("17", "x", SaveOptions.expiringAfter(Duration.ofSeconds(Integer.MAX_VALUE)));
    assertThat(orders.get("17", String.class)).isPresent();
  }

  @ParameterizedTest
  @ValueSource(ints = {0, -1, 10_001, Integer.MAX_VALUE})
  void pageSizeHasBounds(int limit) {
    assertFails(ErrorCode.INVALID_ARGUMENT, () -> orders.keys("", limit, null), "limit " + limit);
  }

  @Test
  void keyPrefixesAreCheckedAsKeysAre() {
    for (String prefix : List.of("a||", "\0", "\uD800", "k".repeat(1_025))) {
      assertFails(ErrorCode.INVALID_ARGUMENT, () -> orders.keys(prefix, 10, null), "the key ");
    }
    assertFails(
        ErrorCode.INVALID_ARGUMENT, () -> orders.keys("a", 10, "token of nobody"), "keys 'a'");
  }

  @Test
  void bulkChangesMustNameDifferentKeys() {
    assertFails(
        ErrorCode.INVALID_ARGUMENT,
        () -> orders.saveBulk(List.of(StateChange.save("17", 1), StateChange.save("17", 2))),
        "'17'",
        "twice");
    assertThat(orders.get("17", Integer.class)).isEmpty();
  }

  @Test
  void missingTypeOptionsAndListsAreRefused() {
    List<ThrowingCallable> calls =
        List.of(
            () -> orders.get("17", (Class<String>) null),
            () -> orders.get("17", (TypeRef<String>) null),
            () -> orders.getBulk(null, String.class),
            () -> orders.getBulk(List.of("17"), (Class<String>) null),
            () -> orders.save("17", "x", null),
            () -> orders.saveBulk(null),
            () -> orders.saveBulk(Arrays.asList((StateChange.Save) null)),
            () -> orders.deleteBulk(null),
            () -> orders.transaction(null),
            () -> orders.transaction(Arrays.asList((StateChange) null)),
            () -> orders.keys(null),
            () -> orders.keys(null, 10, null));
    assertThat(calls).allSatisfy(call -> assertFails(ErrorCode.INVALID_ARGUMENT, call, "null"));
    assertThatThrownBy(() -> orders.async().get("17", (Class<String>) null).join())
        .isInstanceOf(CompletionException.class);
  }
}
