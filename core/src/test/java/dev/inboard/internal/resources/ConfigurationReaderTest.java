package dev.inboard.internal.resources;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConfigurationReaderTest {
  @Test
  void secretScopesAndDeniedComponentsAreRead() {
    Reading reading =
        Reading.of(
            """
            apiVersion: dapr.io/v1alpha1
            kind: Configuration
            metadata:
              name: shop
            spec:
              tracing: {samplingRate: "1"}
              secrets:
                scopes:
                  - storeName: vault
                    defaultAccess: Deny
                    allowedSecrets: [payment]
                  - storeName: env
                    deniedSecrets: [PATH]
              components:
                deny: [bindings.smtp, state.redis/v1]
            """);
    assertThat(reading.problems()).isEmpty();
    assertThat(reading.warnings()).isEmpty();
    ConfigurationResource configuration = reading.resources.configuration();
    assertThat(configuration.deniedComponents()).containsExactly("bindings.smtp", "state.redis/v1");
    assertThat(configuration.secretScope("vault"))
        .isEqualTo(
            new ConfigurationResource.SecretScope(
                "vault", false, List.of("payment"), List.of(), new Origin("1.yaml", 9)));
    assertThat(configuration.secretScope("env").allowByDefault()).isTrue();
    assertThat(configuration.secretScope("other")).isNull();
  }

  @ParameterizedTest(name = "default {0}, allowed [{1}], denied [{2}]: {3}")
  @CsvSource({
    "true,  '', '', true",
    "false, '', '', false",
    "true,  '', s,  false",
    "false, '', x,  false",
    "false, s,  s,  true",
    "true,  x,  '', false",
  })
  void anAllowListRulesAloneThenTheDenyListThenTheDefault(
      boolean allowByDefault, String allowed, String denied, boolean permitted) {
    var scope =
        new ConfigurationResource.SecretScope(
            "vault", allowByDefault, list(allowed), list(denied), new Origin("1.yaml", 1));
    assertThat(scope.permits("s")).isEqualTo(permitted);
  }

  private static List<String> list(String name) {
    return name.isEmpty() ? List.of() : List.of(name);
  }

  @Test
  void aStoreNamedTwiceAndAnUnknownAccessAreReported() {
    assertThat(
            Reading.of(
                    """
                    apiVersion: dapr.io/v1alpha1
                    kind: Configuration
                    metadata:
                      name: shop
                    spec:
                      secrets:
                        scopes:
                          - storeName: vault
                          - storeName: vault
                            defaultAccess: never
                          - defaultAccess: deny
                    """)
                .problems())
        .containsExactly(
            "1.yaml:9: Configuration 'shop': store 'vault' has two secret scopes (also in line 8); join them",
            "1.yaml:10: Configuration 'shop': spec.secrets.scopes[].defaultAccess 'never' is not known;"
                + " write allow or deny",
            "1.yaml:11: Configuration 'shop': spec.secrets.scopes[].storeName is missing;"
                + " add the name of a secret store");
  }

  @Test
  void laterDocumentsLieOverEarlierOnes() {
    ConfigurationResource configuration =
        Reading.of(
                configuration("a", "vault", "deny", "x"),
                configuration("b", "vault", "allow", "z"),
                configuration("c", "env", "deny", "x"))
            .resources
            .configuration();
    assertThat(configuration.name()).isEqualTo("c");
    assertThat(configuration.secretScope("vault").allowByDefault()).isTrue();
    assertThat(configuration.secretScope("env").allowByDefault()).isFalse();
    assertThat(configuration.deniedComponents()).containsExactly("x", "z");
  }

  private static String configuration(String name, String store, String access, String denied) {
    return """
        apiVersion: dapr.io/v1alpha1
        kind: Configuration
        metadata: {name: %s}
        spec:
          secrets: {scopes: [{storeName: %s, defaultAccess: %s}]}
          components: {deny: [%s]}
        """
        .formatted(name, store, access, denied);
  }
}
