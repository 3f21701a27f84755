package dev.inboard.internal.secrets;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.inboard.common.ErrorCode;
import dev.inboard.common.InboardException;
import dev.inboard.common.Secret;
import dev.inboard.internal.runtime.OpenedComponent;
import dev.inboard.secrets.SecretEntry;
import dev.inboard.secrets.SecretStore;
import dev.inboard.spi.Feature;
import dev.inboard.spi.secrets.SecretStoreDriver;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.Map;
import java.util.concurrent.CompletionException;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

class DefaultSecretStoreTest {
  private static final Map<String, String> PAYMENT =
      Map.of("apiKey", "planted-1", "salt", "planted-2");

  private final TestSecretStore driver =
      new TestSecretStore()
          .with("payment", null, PAYMENT)
          .with("single", null, Map.of("single", "planted-3"));

  @Test
  void valuesAreReadByName() {
    SecretEntry payment = driver.store().get("payment");
    assertThat(payment.value("apiKey")).isEqualTo("planted-1");
    assertThat(payment.values())
        .isEqualTo(Map.of("apiKey", Secret.of("planted-1"), "salt", Secret.of("planted-2")));
    assertThat(payment.name()).isEqualTo("payment");
    assertThat(payment.version()).isNull();
    assertThat(driver.store().name()).isEqualTo("vault");
  }

  @Test
  void onlyValueNeedsNoName() {
    assertThat(driver.store().get("single").value()).isEqualTo("planted-3");
    assertThat(driver.store().get("single").value("single")).isEqualTo("planted-3");
  }

  @Test
  void severalValuesHaveNoOnlyOne() {
    assertFails(
        ErrorCode.INVALID_ARGUMENT,
        () -> driver.store().get("payment").value(),
        "vault (secretstores.test): read the only value of secret 'payment' failed:"
            + " INVALID_ARGUMENT: it has several; ask for one of apiKey, salt");
  }

  @Test
  void missingValueIsNotFoundAndTheOthersAreNamed() {
    assertFails(
        ErrorCode.NOT_FOUND,
        () -> driver.store().get("payment").value("apikey"),
        "vault (secretstores.test): read value 'apikey' of secret 'payment' failed: NOT_FOUND: it"
            + " has apiKey, salt");
  }

  @Test
  void secretWithoutValuesSaysSo() {
    SecretEntry empty = driver.with("empty", null, Map.of()).store().get("empty");
    assertFails(
        ErrorCode.NOT_FOUND,
        () -> empty.value("a"),
        "vault (secretstores.test): read value 'a' of secret 'empty' failed: NOT_FOUND: it has none"
            + " at all");
    assertFails(
        ErrorCode.INVALID_ARGUMENT,
        empty::value,
        "vault (secretstores.test): read the only value of secret 'empty' failed: INVALID_ARGUMENT:"
            + " it has none");
  }

  @Test
  void absentSecretIsNotFound() {
    assertFails(
        ErrorCode.NOT_FOUND,
        () -> driver.store().get("absent"),
        "vault (secretstores.test): get 'absent' failed: NOT_FOUND: there is no such secret; create"
            + " it");
  }

  @Test
  void emptyNameIsRefusedBeforeTheStoreIsAsked() {
    assertFails(
        ErrorCode.INVALID_ARGUMENT,
        () -> driver.store().get(""),
        "vault (secretstores.test): get '' failed: INVALID_ARGUMENT: the name is empty; name a"
            + " secret");
    assertThat(driver.asked).isEmpty();
  }

  @Test
  void metadataReachesTheStore() {
    driver.store().get("single", Map.of("namespace", "shop"));
    driver.store().getBulk(Map.of("namespace", "shop"));
    assertThat(driver.asked).containsOnly(Map.of("namespace", "shop")).hasSize(2);
  }

  @Test
  void versionIsAskedForByItsDaprName() {
    TestSecretStore versioned =
        new TestSecretStore(Feature.SECRET_VERSIONS).with("a", "7", Map.of("a", "planted-1"));
    assertThat(versioned.store().getVersion("a", "7").version()).isEqualTo("7");
    assertThat(versioned.asked).containsOnly(Map.of("version_id", "7"));
    assertFails(
        ErrorCode.INVALID_ARGUMENT,
        () -> versioned.store().getVersion("a", ""),
        "vault (secretstores.test): get 'a' failed: INVALID_ARGUMENT: the version is empty; use"
            + " get(name)");
  }

  @Test
  void versionOfAStoreWithoutVersionsIsUnsupported() {
    String message =
        "vault (secretstores.test): get 'single' failed: UNSUPPORTED: this store keeps no versions;"
            + " leave the version out";
    assertFails(ErrorCode.UNSUPPORTED, () -> driver.store().getVersion("single", "1"), message);
    assertFails(
        ErrorCode.UNSUPPORTED,
        () -> driver.store().get("single", Map.of("version_id", "1")),
        message);
    assertThat(driver.asked).isEmpty();
  }

  @Test
  void bulkReadsAllAndCannotBeChanged() {
    Map<String, SecretEntry> all = driver.store().getBulk();
    assertThat(all).containsOnlyKeys("payment", "single");
    assertThat(all.get("single").value()).isEqualTo("planted-3");
    assertThatThrownBy(all::clear).isInstanceOf(UnsupportedOperationException.class);
  }

  @Test
  void asyncVerbsReadTheSame() {
    var async = driver.store().async();
    assertThat(async.get("single").join().value()).isEqualTo("planted-3");
    assertThat(async.get("single", Map.of()).join().value()).isEqualTo("planted-3");
    assertThat(async.getBulk().join()).containsOnlyKeys("payment", "single");
    assertThat(async.getBulk(Map.of()).join()).containsOnlyKeys("payment", "single");
  }

  @Test
  void asyncVerbsThrowNothing() {
    var async = driver.store().async();
    for (var future :
        java.util.List.of(async.get(""), async.get("absent"), async.getVersion("single", "1"))) {
      assertThatThrownBy(future::join)
          .isInstanceOf(CompletionException.class)
          .hasCauseInstanceOf(InboardException.class);
    }
  }

  @Test
  void driverThatTookOverIsAsked() {
    OpenedComponent<SecretStoreDriver> component = driver.opened();
    SecretStore store = new DefaultSecretStore(component, null, driver.context());
    component.swap(new TestSecretStore().with("single", null, Map.of("single", "rotated"))).close();
    assertThat(store.get("single").value()).isEqualTo("rotated");
  }

  @Test
  void nothingPrintedShowsASecret() {
    SecretStore store = driver.store();
    StringWriter printed = new StringWriter();
    PrintWriter out = new PrintWriter(printed);
    out.println(store.get("payment"));
    out.println(store.get("payment").values());
    out.println(store.getBulk());
    out.println(store);
    for (ThrowingCallable call :
        new ThrowingCallable[] {
          () -> store.get("payment").value(),
          () -> store.get("payment").value("x"),
          () -> store.getVersion("payment", "1"),
          () -> store.get("absent")
        }) {
      catchThrowableOfType(InboardException.class, call).printStackTrace(out);
    }
    assertThat(printed.toString()).contains("apiKey").doesNotContain("planted");
  }

  private static void assertFails(ErrorCode code, ThrowingCallable call, String message) {
    InboardException failure = catchThrowableOfType(InboardException.class, call);
    assertThat(failure).hasMessage(message);
    assertThat(failure.code()).isEqualTo(code);
  }
}
