package dev.inboard.internal.state;

import static dev.inboard.internal.state.Failures.assertFails;
import static dev.inboard.internal.state.Failures.assertHides;
import static dev.inboard.internal.state.Failures.failure;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.inboard.TypeRef;
import dev.inboard.common.ErrorCode;
import dev.inboard.common.InboardException;
import dev.inboard.spi.state.StateOperation;
import dev.inboard.spi.state.StateStoreDriver;
import dev.inboard.state.StateChange;
import dev.inboard.state.StateStore;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class EncryptionTest {
  private static final String KEY = "000102030405060708090a0b0c0d0e0f";
  private static final String OTHER_KEY = "ffeeddccbbaa99887766554433221100";

  private final StateStoreDriver driver = new TestStore().inMemory();
  private final StateStore orders = encrypting().over(driver);

  private static TestStore encrypting() {
    return new TestStore().withSecret("primaryEncryptionKey", "orders-key", KEY);
  }

  private byte[] stored(String key) {
    return driver.get("checkout||" + key).toCompletableFuture().join().value();
  }

  private void store(String key, String value) {
    driver
        .set(StateOperation.Set.of("checkout||" + key, value.getBytes(UTF_8)))
        .toCompletableFuture()
        .join();
  }

  /** Sealed by Go's crypto/cipher with the nonce {@code nonce-of-12b}, as a sidecar does it. */
  @ParameterizedTest
  @CsvSource({
    "000102030405060708090a0b0c0d0e0f, bm9uY2Utb2YtMTJijZ1IwVRsDuTbCoL1QfXvaVe2BsYJ+prs+fPX||orders-key",
    "000102030405060708090a0b0c0d0e0f1011121314151617, bm9uY2Utb2YtMTJi2FMnAlB/hvxuy3iqAA43FAe61LaPkmOwYoKn||orders-key",
    "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f, bm9uY2Utb2YtMTJi6fllbeKcGK/AfW4rjdQN5HrfwuzWheQoiD73||orders-key"
  })
  void readsWhatASidecarWrote(String key, String sealed) {
    store("17", sealed);
    StateStore store =
        new TestStore().withSecret("primaryEncryptionKey", "orders-key", key).over(driver);
    assertThat(store.get("17", new TypeRef<Map<String, String>>() {}).orElseThrow().value())
        .isEqualTo(Map.of("id", "17"));
    assertThat(store.get("17", byte[].class).orElseThrow().value())
        .asString(UTF_8)
        .isEqualTo("{\"id\":\"17\"}");
  }

  @Test
  void valueIsStoredInTheLayoutOfASidecar() {
    orders.save("17", "confidential");
    String stored = new String(stored("17"), UTF_8);
    assertThat(stored).endsWith("||orders-key").doesNotContain("confidential");
    byte[] sealed = Base64.getDecoder().decode(stored.substring(0, stored.lastIndexOf("||")));
    assertThat(sealed).hasSize(12 + "\"confidential\"".length() + 16);
    assertThat(orders.get("17", String.class).orElseThrow().value()).isEqualTo("confidential");
  }

  @Test
  void everyWriteUsesAnotherNonce() {
    Set<String> stored = new HashSet<>();
    for (int i = 0; i < 100; i++) {
      orders.save("17", "same");
      stored.add(new String(stored("17"), UTF_8).substring(0, 16));
    }
    assertThat(stored).hasSize(100);
  }

  @Test
  void allVerbsEncryptAndDecrypt() {
    orders.transaction(List.of(StateChange.save("tx", "confidential")));
    orders.saveBulk(
        List.of(
            StateChange.save("bulk", "confidential"),
            StateChange.save("bytes", new byte[] {0, 1})));
    orders.save("empty", new byte[0]);
    assertThat(List.of("tx", "bulk", "bytes", "empty"))
        .allSatisfy(
            key ->
                assertThat(new String(stored(key), UTF_8))
                    .endsWith("||orders-key")
                    .doesNotContain("confidential"));
    assertThat(orders.getBulk(List.of("tx", "bulk"), String.class))
        .allSatisfy(
            entry -> assertThat(entry.orThrow().orElseThrow().value()).isEqualTo("confidential"));
    assertThat(orders.get("bytes", byte[].class).orElseThrow().value()).containsExactly(0, 1);
    assertThat(orders.get("empty", byte[].class).orElseThrow().value()).isEmpty();
  }

  @Test
  void storedEmptinessStaysEmpty() {
    store("17", "");
    assertThat(orders.get("17", byte[].class).orElseThrow().value()).isEmpty();
  }

  @Test
  void rotatedKeyStillReadsOldValuesAndWritesWithTheNewOne() {
    orders.save("17", "old");
    StateStore rotated =
        new TestStore()
            .withSecret("primaryEncryptionKey", "orders-key-2", OTHER_KEY)
            .withSecret("secondaryEncryptionKey", "orders-key", KEY)
            .over(driver);
    assertThat(rotated.get("17", String.class).orElseThrow().value()).isEqualTo("old");
    rotated.save("17", "new");
    assertThat(new String(stored("17"), UTF_8)).endsWith("||orders-key-2");
    assertThat(rotated.get("17", String.class).orElseThrow().value()).isEqualTo("new");
    assertFails(
        ErrorCode.DATA_LOSS,
        () -> orders.get("17", String.class),
        "get '17'",
        "'orders-key-2'",
        "secondaryEncryptionKey");
  }

  @Test
  void otherKeyUnderTheSameNameDoesNotDecrypt() {
    orders.save("17", "x");
    StateStore replaced =
        new TestStore().withSecret("primaryEncryptionKey", "orders-key", OTHER_KEY).over(driver);
    assertFails(
        ErrorCode.DATA_LOSS,
        () -> replaced.get("17", String.class),
        "get '17'",
        "'orders-key'",
        "another key");
  }

  @Test
  void damagedValueDoesNotDecrypt() {
    orders.save("17", "confidential");
    byte[] damaged = stored("17");
    damaged[20] = (byte) (damaged[20] == 'A' ? 'B' : 'A');
    store("17", new String(damaged, UTF_8));
    assertFails(ErrorCode.DATA_LOSS, () -> orders.get("17", String.class), "get '17'", "damaged");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\"confidential\"",
        "confidential",
        "a||confidential",
        "||confidential",
        "YWJj||confidential",
        "||"
      })
  void unencryptedValueIsDataLossAndStaysHidden(String value) {
    store("17", value);
    InboardException failure = failure(() -> orders.get("17", String.class));
    assertThat(failure.code()).isEqualTo(ErrorCode.DATA_LOSS);
    assertThat(failure.getMessage()).contains("get '17'", "not encrypted");
    assertHides(failure, "confidential");
  }

  @Test
  void valueWithoutKeyNameSaysSo() {
    orders.save("17", "x");
    String stored = new String(stored("17"), UTF_8);
    store("17", stored.substring(0, stored.lastIndexOf("||") + 2));
    assertFails(
        ErrorCode.DATA_LOSS,
        () -> orders.get("17", String.class),
        "does not name its encryption key");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "secret",
        "00",
        "zz0102030405060708090a0b0c0d0e0f",
        "000102030405060708090a0b0c0d0e0f00",
        " "
      })
  void badKeyIsReportedWithoutShowingIt(String key) {
    TestStore component = new TestStore().withSecret("primaryEncryptionKey", "orders-key", key);
    assertThat(StateOptions.check(component.resource(), component.spec()))
        .singleElement()
        .asString()
        .contains("primaryEncryptionKey", "16, 24 or 32 bytes")
        .doesNotContain("'" + key + "'");
    InboardException failure = failure(() -> component.over(driver));
    assertThat(failure.code()).isEqualTo(ErrorCode.INVALID_ARGUMENT);
    assertHides(failure, "zz0102");
  }

  @Test
  void keyInTheFileIsRefused() {
    TestStore component = new TestStore().with("primaryEncryptionKey", KEY);
    assertFails(
        ErrorCode.INVALID_ARGUMENT,
        () -> component.over(driver),
        "primaryEncryptionKey",
        "secretKeyRef");
    assertHides(failure(() -> component.over(driver)), KEY);
  }

  @Test
  void allProblemsOfTheKeysAreReportedTogether() {
    TestStore component =
        new TestStore()
            .with("primaryEncryptionKey", KEY)
            .withSecret("secondaryEncryptionKey", "a||b", KEY);
    assertThat(StateOptions.check(component.resource(), component.spec()))
        .hasSize(2)
        .anyMatch(problem -> problem.contains("secretKeyRef"))
        .anyMatch(problem -> problem.contains("rename the secret"));
  }

  @Test
  void keysMustLiveInDifferentlyNamedSecrets() {
    TestStore component =
        encrypting().withSecret("secondaryEncryptionKey", "orders-key", OTHER_KEY);
    assertFails(
        ErrorCode.INVALID_ARGUMENT, () -> component.over(driver), "differently named secrets");
  }

  @Test
  void secondaryKeyNeedsAPrimaryOne() {
    TestStore component = new TestStore().withSecret("secondaryEncryptionKey", "orders-key", KEY);
    assertFails(ErrorCode.INVALID_ARGUMENT, () -> component.over(driver), "primaryEncryptionKey");
  }
}
