package dev.inboard.spi.conformance;

import static dev.inboard.spi.conformance.StateFixture.await;
import static dev.inboard.spi.conformance.StateFixture.bytes;
import static dev.inboard.spi.conformance.StateFixture.set;
import static org.assertj.core.api.Assertions.assertThat;

import dev.inboard.spi.Feature;
import dev.inboard.spi.state.BulkStateStoreDriver;
import dev.inboard.spi.state.Concurrency;
import dev.inboard.spi.state.Consistency;
import dev.inboard.spi.state.KeyListingStateStoreDriver;
import dev.inboard.spi.state.StateOperation;
import dev.inboard.spi.state.StateStoreDriver;
import dev.inboard.spi.state.StoredValue;
import dev.inboard.spi.state.TransactionalStateStoreDriver;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.CompletionStage;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Reading, writing and deleting single entries, byte for byte. */
interface StateBasicsSuite extends StateFixture {
  @Test
  @DisplayName("the driver declares exactly the expected features")
  default void featuresAreExactlyTheExpectedOnes() {
    assertThat(driver().features()).isEqualTo(expectedFeatures());
  }

  @Test
  @DisplayName("each optional interface is implemented exactly when its feature is declared")
  default void interfacesGoWithFeatures() {
    assertThat(driver() instanceof TransactionalStateStoreDriver)
        .as("TransactionalStateStoreDriver")
        .isEqualTo(expectedFeatures().contains(Feature.TRANSACTIONAL));
    assertThat(driver() instanceof KeyListingStateStoreDriver)
        .as("KeyListingStateStoreDriver")
        .isEqualTo(expectedFeatures().contains(Feature.KEY_LISTING));
    assertThat(driver() instanceof BulkStateStoreDriver)
        .as("BulkStateStoreDriver")
        .isEqualTo(expectsBulk());
  }

  @Test
  @DisplayName("an open store answers a ping")
  default void pingSucceeds() {
    await(driver().ping());
  }

  @Test
  @DisplayName("get of a key never set is empty, not an error")
  default void getOfAbsentKeyIsEmpty() {
    assertAbsent(key("never"));
  }

  @Test
  @DisplayName("deleting a key never set succeeds")
  default void deleteOfAbsentKeySucceeds() {
    remove(key("never"));
    assertAbsent(key("never"));
  }

  @Test
  @DisplayName("a deleted entry is gone, and its key can be used again")
  default void deletedEntryIsGone() {
    put(key("a"), "1");
    remove(key("a"));
    assertAbsent(key("a"));
    put(key("a"), "2");
    assertThat(text(key("a"))).isEqualTo("2");
  }

  @Test
  @DisplayName("a write replaces the whole earlier value")
  default void setReplaces() {
    put(key("a"), "a long first value");
    put(key("a"), "short");
    assertThat(text(key("a"))).isEqualTo("short");
  }

  @Test
  @DisplayName("an entry without a time to live does not expire")
  default void plainEntryHasNoEnd() {
    put(key("a"), "1");
    assertThat(live(key("a")).expiresAt()).isNull();
  }

  @Test
  @DisplayName("a store without ETags gives none")
  default void etagsAreThereExactlyWhenDeclared() {
    String returned = await(driver().set(set(key("a"), "1")));
    boolean expected = expectedFeatures().contains(Feature.ETAG);
    assertThat(returned != null).as("ETag returned by set").isEqualTo(expected);
    assertThat(live(key("a")).etag() != null).as("ETag returned by get").isEqualTo(expected);
  }

  /** Values that get damaged on the way when something takes them for text, JSON or a number. */
  static Map<String, byte[]> delicateValues() {
    byte[] everyByte = new byte[256];
    IntStream.range(0, 256).forEach(i -> everyByte[i] = (byte) i);
    byte[] negativeVarint = {0x08, -1, -1, -1, -1, -1, -1, -1, -1, -1, 1};
    byte[] megabyte = new byte[1 << 20];
    new Random(1).nextBytes(megabyte);
    return Map.ofEntries(
        Map.entry("empty", new byte[0]),
        Map.entry("one zero byte", new byte[] {0}),
        Map.entry("zero bytes inside", new byte[] {1, 0, 0, 2, 0}),
        Map.entry("byte 0x01", new byte[] {1}),
        Map.entry("every byte value", everyByte),
        Map.entry("no UTF-8", new byte[] {(byte) 0xC3, 0x28, (byte) 0xFF}),
        Map.entry("protobuf with a negative varint", negativeVarint),
        Map.entry("a megabyte", megabyte),
        Map.entry("integer", bytes("42")),
        Map.entry("integer beyond 2^53", bytes("9007199254740993")),
        Map.entry("long fraction", bytes("0.1234567890123456789")),
        Map.entry("boolean", bytes("true")),
        Map.entry("null literal", bytes("null")),
        Map.entry("plain text", bytes("hello world")),
        Map.entry("JSON string", bytes("\"hello\"")),
        Map.entry("JSON text in a JSON string", bytes("\"{\\\"a\\\":1}\"")),
        Map.entry(
            "object with blanks and order", bytes("{ \"b\" : 1.10,\n \"a\":{\"c\":[1, 2]} }")),
        Map.entry("duplicate names", bytes("{\"a\":1,\"a\":2}")),
        Map.entry("looks like base64", bytes("aGVsbG8=")),
        Map.entry("looks encrypted", bytes("aGVsbG8=||key")),
        Map.entry("quotes", bytes("'\"`\\;--")),
        Map.entry("all of Unicode", bytes("é 漢 \uD83D\uDE00 \u202E")));
  }

  static Stream<String> namesOfDelicateValues() {
    return delicateValues().keySet().stream().sorted();
  }

  private static byte[] delicateValue(String name) {
    return Objects.requireNonNull(delicateValues().get(name));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("dev.inboard.spi.conformance.StateBasicsSuite#namesOfDelicateValues")
  @DisplayName("a value comes back byte for byte")
  default void valueComesBackByteForByte(String name) {
    byte[] value = delicateValue(name);
    await(driver().set(StateOperation.Set.of(key("v"), value.clone())));
    assertThat(Arrays.equals(live(key("v")).value(), value)).as("same bytes").isTrue();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("dev.inboard.spi.conformance.StateBasicsSuite#namesOfDelicateValues")
  @DisplayName("a value comes back byte for byte, whatever its content type claims")
  default void valueComesBackByteForByteWhateverItsContentType(String name) {
    byte[] value = delicateValue(name);
    for (String contentType :
        List.of("application/json", "text/plain", "application/octet-stream")) {
      await(
          driver()
              .set(
                  new StateOperation.Set(
                      key("v"),
                      value.clone(),
                      contentType,
                      null,
                      Concurrency.LAST_WRITE,
                      Consistency.EVENTUAL,
                      null)));
      assertThat(Arrays.equals(live(key("v")).value(), value))
          .as("same bytes with %s", contentType)
          .isTrue();
    }
  }

  @Test
  @DisplayName("an empty value is an entry, not an absent key")
  default void emptyValueIsPresent() {
    put(key("a"), "");
    StoredValue stored = live(key("a"));
    assertThat(stored.value()).isEmpty();
    assertThat(stored.etag() != null).isEqualTo(expectedFeatures().contains(Feature.ETAG));
  }

  @Test
  @DisplayName("the caller may change its array once the write is acknowledged")
  default void driverDoesNotKeepTheArray() {
    byte[] value = bytes("before");
    await(driver().set(StateOperation.Set.of(key("a"), value)));
    Arrays.fill(value, (byte) 'x');
    assertThat(text(key("a"))).isEqualTo("before");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "plain",
        "with space",
        " leading and trailing ",
        "tab\tline\nreturn\r",
        "a||b||c",
        "per%cent",
        "under_score",
        "back\\slash",
        "quote'\"`;--",
        "{braces}",
        "[a-z]*?",
        "$1 :name @p",
        "/slash/../dots",
        "é",
        "e\u0301",
        "漢字",
        "\uD83D\uDE00",
        "\u202Eright to left",
        "\u007F\u0080\uFEFF\uFFFD"
      })
  @DisplayName("any character may stand in a key")
  default void anyCharacterMayStandInKeys(String name) {
    put(key(name), "there");
    assertThat(text(key(name))).isEqualTo("there");
    remove(key(name));
    assertAbsent(key(name));
  }

  @Test
  @DisplayName("keys that look alike are different keys")
  default void similarKeysAreDifferent() {
    List<String> names =
        List.of(
            "k", "K", "k ", " k", "k%", "k_", "kk", "é", "e\u0301", "É", "ß", "ss", "k\u200B", "ｋ",
            "1", "01");
    names.forEach(name -> put(key(name), "value of " + name));
    assertThat(names).allSatisfy(name -> assertThat(text(key(name))).isEqualTo("value of " + name));
    remove(key("k%"));
    remove(key("k_"));
    assertThat(text(key("kk"))).isEqualTo("value of kk");
  }

  @Test
  @DisplayName("keys of 1,300 bytes work, up to the last character")
  default void longKeysWork() {
    String stem = "k".repeat(1_250);
    put(key(stem + "a"), "1");
    put(key(stem + "b"), "2");
    assertThat(text(key(stem + "a"))).isEqualTo("1");
    assertThat(text(key(stem + "b"))).isEqualTo("2");
  }

  @Test
  @DisplayName("a strongly consistent write succeeds")
  default void strongWriteSucceeds() {
    await(
        driver()
            .set(
                new StateOperation.Set(
                    key("a"),
                    bytes("1"),
                    null,
                    null,
                    Concurrency.LAST_WRITE,
                    Consistency.STRONG,
                    null)));
    assertThat(text(key("a"))).isEqualTo("1");
  }

  @Test
  @DisplayName("many calls may be under way at once")
  default void manyCallsMayBeUnderWay() {
    List<CompletionStage<?>> writes = new ArrayList<>();
    for (int i = 0; i < 500; i++) {
      writes.add(driver().set(set(key("k" + i), "v" + i)));
    }
    writes.forEach(StateFixture::await);
    List<CompletionStage<StoredValue>> reads = new ArrayList<>();
    for (int i = 0; i < 500; i++) {
      reads.add(driver().get(key("k" + i)));
    }
    for (int i = 0; i < 500; i++) {
      StoredValue stored = await(reads.get(i));
      assertThat(stored).isNotNull();
      assertThat(stored.value()).asString().isEqualTo("v" + i);
    }
  }

  @Test
  @DisplayName("two drivers see the same data exactly when the store says so")
  default void dataIsSharedExactlyWhenDeclared() throws Exception {
    put(key("a"), "1");
    StateStoreDriver other = open();
    StoredValue seen = await(other.get(key("a")));
    assertThat(seen != null).as("the other driver sees the entry").isEqualTo(sharesData());
  }
}
