package dev.inboard.internal.secrets;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.inboard.common.ErrorCode;
import dev.inboard.common.InboardException;
import dev.inboard.internal.resources.ConfigurationResource.SecretScope;
import dev.inboard.internal.resources.Origin;
import dev.inboard.secrets.SecretStore;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The secrets are a, b and c; a scope lists some of them. */
class SecretScopeTest {
  private final TestSecretStore driver =
      new TestSecretStore()
          .with("a", null, Map.of("a", "1"))
          .with("b", null, Map.of("b", "2"))
          .with("c", null, Map.of("c", "3", "a", "4"));

  @ParameterizedTest(name = "default {0}, allowed [{1}], denied [{2}]: {3}")
  @CsvSource(
      delimiter = '|',
      value = {
        "allow |     |     | a b c",
        "deny  |     |     |      ",
        "deny  | a   |     | a    ",
        "allow |     | a   | b c  ",
        "allow | a b |     | a b  ",
        "allow | a b | b c | a b  ",
      })
  void scopeDecides(String byDefault, String allowed, String denied, String readable) {
    SecretScope scope =
        new SecretScope(
            "vault",
            byDefault.equals("allow"),
            words(allowed),
            words(denied),
            new Origin("config.yaml", 9));
    SecretStore store = driver.store(scope);
    assertThat(store.getBulk().keySet()).containsExactlyElementsOf(words(readable));
    assertThat(store.async().getBulk().join().keySet()).isEqualTo(store.getBulk().keySet());
    for (String name : List.of("a", "b", "c")) {
      if (words(readable).contains(name)) {
        assertThat(store.get(name).values()).isNotEmpty();
      } else {
        assertThat(failure(store, name).code()).isEqualTo(ErrorCode.PERMISSION_DENIED);
      }
    }
  }

  @Test
  void deniedSecretIsNotAskedForAndNotRevealedToExist() {
    SecretStore store =
        driver.store(
            new SecretScope("vault", false, List.of(), List.of(), new Origin("config.yaml", 9)));
    String message =
        "vault (secretstores.test): get '%s' failed: PERMISSION_DENIED: the secret scope at"
            + " config.yaml:9 does not permit it; change the scope, or do without the secret";
    assertThat(failure(store, "a")).hasMessage(message, "a");
    assertThat(failure(store, "absent")).hasMessage(message, "absent");
    assertThat(driver.asked).isEmpty();
  }

  @Test
  void listsMatchNamesOfSecretsAndNotOfTheirValues() {
    SecretStore store =
        driver.store(
            new SecretScope("vault", true, List.of(), List.of("a"), new Origin("config.yaml", 9)));
    assertThat(store.get("c").value("a")).isEqualTo("4");
  }

  private static InboardException failure(SecretStore store, String name) {
    return catchThrowableOfType(InboardException.class, () -> store.get(name));
  }

  private static List<String> words(String text) {
    return text == null ? List.of() : Arrays.asList(text.split(" "));
  }
}
