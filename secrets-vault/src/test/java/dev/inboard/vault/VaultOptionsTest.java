package dev.inboard.vault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.inboard.common.InboardException;
import dev.inboard.spi.ComponentSpec;
import dev.inboard.spi.Option;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class VaultOptionsTest {
  @Test
  void exactlyOneTokenIsNeeded() {
    assertThat(problems(Map.of("vaultToken", "t"))).isEmpty();
    assertThat(problems(Map.of("vaultTokenMountPath", "/t"))).isEmpty();
    assertThat(problems(Map.of()))
        .containsExactly("neither 'vaultToken' nor 'vaultTokenMountPath' is given; give one");
    assertThat(problems(Map.of("vaultToken", "t", "vaultTokenMountPath", "/t")))
        .containsExactly(
            "both 'vaultToken' and 'vaultTokenMountPath' are given; remove one of them");
  }

  @Test
  void environmentCanGiveTheToken() {
    assertThat(VaultOptions.check(spec(Map.of()), Map.of("VAULT_TOKEN", "t"))).isEmpty();
    assertThat(
            VaultOptions.check(
                spec(Map.of("vaultToken", "t", "vaultTokenMountPath", "/t")),
                Map.of("VAULT_TOKEN", "t")))
        .hasSize(1);
  }

  @Test
  void everyLoginSaysWhatItNeeds() {
    assertThat(problems(Map.of("vaultAuthMethod", "approle")))
        .containsExactly(
            "'vaultAppRoleRoleId' is missing; this login needs it",
            "neither 'vaultAppRoleSecretId' nor 'vaultAppRoleSecretIdPath' is given; give one");
    assertThat(problems(Map.of("vaultAuthMethod", "kubernetes")))
        .containsExactly("'vaultKubernetesRole' is missing; this login needs it");
    assertThat(problems(Map.of("vaultAuthMethod", "JWT")))
        .containsExactly(
            "'vaultJwtRole' is missing; this login needs it",
            "neither 'vaultJwt' nor 'vaultJwtPath' is given; give one");
  }

  @Test
  void serverNameMeansNothingWithoutVerification() {
    assertThat(
            problems(
                Map.of("vaultToken", "t", "skipVerify", "true", "tlsServerName", "vault.example")))
        .containsExactly("'tlsServerName' means nothing with 'skipVerify'; remove one of them");
  }

  @Test
  void openReportsTheSameProblems() {
    assertThatThrownBy(
            () ->
                new VaultSecretStoreProvider().open(spec(Map.of("vaultAuthMethod", "kubernetes"))))
        .isInstanceOf(InboardException.class)
        .hasMessage(
            "vault (secretstores.hashicorp.vault): open failed: INVALID_ARGUMENT:"
                + " 'vaultKubernetesRole' is missing; this login needs it");
  }

  @ParameterizedTest
  @ValueSource(strings = {"vault:8200", "ftp://vault", "https://", "https://a b", "//vault"})
  void addressThatIsNoneIsReported(String address) {
    assertThatThrownBy(() -> spec(Map.of("vaultAddr", address)).get(VaultOptions.ADDRESS))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "field 'vaultAddr': '%s' is no address; write it like https://vault.example:8200",
            address);
  }

  @Test
  void namespaceThatNoHeaderCanHoldIsReported() {
    assertThatThrownBy(() -> spec(Map.of("vaultNamespace", "a b")).get(VaultOptions.NAMESPACE))
        .hasMessage("field 'vaultNamespace': 'a b' is no namespace; write it like team/shop");
  }

  @Test
  void valueTypeAndAuthMethodListTheirWords() {
    assertThatThrownBy(() -> spec(Map.of("vaultValueType", "bytes")).get(VaultOptions.VALUE_TYPE))
        .hasMessage("field 'vaultValueType': 'bytes' is none of map, text");
    assertThatThrownBy(() -> spec(Map.of("vaultAuthMethod", "ldap")).get(VaultOptions.AUTH_METHOD))
        .hasMessage("field 'vaultAuthMethod': 'ldap' is none of token, approle, kubernetes, jwt");
  }

  @Test
  void everyFieldIsDescribedAndNamedOnce() {
    List<Option<?>> options = new VaultSecretStoreProvider().options();
    assertThat(options).allSatisfy(option -> assertThat(option.description()).isNotEmpty());
    assertThat(options).extracting(Option::name).doesNotHaveDuplicates();
    assertThat(options)
        .filteredOn(option -> option.kind() == Option.Kind.SECRET)
        .extracting(Option::name)
        .containsExactlyInAnyOrder("vaultToken", "vaultAppRoleSecretId", "vaultJwt");
  }

  private static List<String> problems(Map<String, String> metadata) {
    return VaultOptions.check(spec(metadata), Map.of());
  }

  private static ComponentSpec spec(Map<String, String> metadata) {
    return ComponentSpec.of("vault", "secretstores.hashicorp.vault", metadata);
  }
}
