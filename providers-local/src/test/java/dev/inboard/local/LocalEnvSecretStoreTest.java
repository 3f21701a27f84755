package dev.inboard.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.inboard.common.ErrorCode;
import dev.inboard.common.InboardException;
import dev.inboard.spi.ComponentSpec;
import dev.inboard.spi.secrets.SecretStoreDriver;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LocalEnvSecretStoreTest {
  private static final Map<String, String> VARIABLES =
      Map.of(
          "SHOP_KEY",
          "k",
          "SHOP_EMPTY",
          "",
          "SHOP_",
          "nameless",
          "OTHER",
          "o",
          "DAPR_API_TOKEN",
          "t",
          "APP_API_TOKEN",
          "a");

  @Test
  void prefixIsPutBeforeTheName() throws Exception {
    assertThat(value(store("SHOP_", false), "KEY")).isEqualTo("k");
  }

  @Test
  void emptyVariableIsASecretAndNoMissingOne() throws Exception {
    assertThat(value(store("SHOP_", false), "EMPTY")).isEmpty();
  }

  @Test
  void bulkStripsThePrefixAndLeavesOutForbiddenNames() throws Exception {
    assertThat(all(store("SHOP_", false))).containsOnlyKeys("KEY", "EMPTY");
    assertThat(all(store("", false))).containsOnlyKeys("SHOP_KEY", "SHOP_EMPTY", "SHOP_", "OTHER");
    assertThat(all(store("DAPR_", false))).isEmpty();
  }

  @Test
  void caseMattersExceptOnWindows() throws Exception {
    assertThat(value(store("shop_", true), "key")).isEqualTo("k");
    assertThat(all(store("shop_", true))).containsOnlyKeys("KEY", "EMPTY");
    assertThatThrownBy(() -> value(store("shop_", false), "key"))
        .hasCauseInstanceOf(InboardException.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"DAPR_API_TOKEN", "dapr_anything", "APP_API_TOKEN", "app_api_token"})
  void namesOfTheRuntimeAreDeniedAndNotEmpty(String name) {
    InboardException failure = failure(store("", false), name);
    assertThat(failure.code()).isEqualTo(ErrorCode.PERMISSION_DENIED);
    assertThat(failure)
        .hasMessage(
            "env (secretstores.local.env): get secret '%s' failed: PERMISSION_DENIED: the variable"
                + " '%s' belongs to the runtime; choose another name",
            name, name);
  }

  @Test
  void prefixCannotSmuggleAForbiddenName() {
    assertThat(failure(store("DAPR_", false), "API_TOKEN").code())
        .isEqualTo(ErrorCode.PERMISSION_DENIED);
  }

  @Test
  void unsetVariableIsNotFound() {
    assertThat(failure(store("SHOP_", false), "MISSING"))
        .hasMessage(
            "env (secretstores.local.env): get secret 'MISSING' failed: NOT_FOUND: the environment"
                + " variable 'SHOP_MISSING' is not set; set it before the start");
  }

  @Test
  void providerReadsTheRealEnvironment() throws Exception {
    Map.Entry<String, String> real =
        System.getenv().entrySet().stream()
            .filter(variable -> !variable.getKey().startsWith("DAPR_"))
            .findFirst()
            .orElseThrow();
    try (SecretStoreDriver store =
        new LocalEnvSecretStoreProvider()
            .open(ComponentSpec.of("env", "secretstores.local.env", Map.of()))) {
      assertThat(value(store, real.getKey())).isEqualTo(real.getValue());
    }
  }

  private static SecretStoreDriver store(String prefix, boolean ignoresCase) {
    return new LocalEnvSecretStoreDriver(
        "env (secretstores.local.env)", prefix, VARIABLES, ignoresCase);
  }

  private static String value(SecretStoreDriver store, String name) throws Exception {
    var values = store.get(name, Map.of()).toCompletableFuture().get().values();
    return values.get(name).reveal();
  }

  private static Map<String, ?> all(SecretStoreDriver store) throws Exception {
    return store.getBulk(Map.of()).toCompletableFuture().get();
  }

  private static InboardException failure(SecretStoreDriver store, String name) {
    return (InboardException)
        store.get(name, Map.of()).toCompletableFuture().handle((ok, e) -> e).join();
  }
}
