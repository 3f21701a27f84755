package dev.inboard.azure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.inboard.common.ErrorCode;
import dev.inboard.common.InboardException;
import dev.inboard.common.Secret;
import dev.inboard.spi.ComponentSpec;
import dev.inboard.spi.secrets.SecretStoreDriver;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is peculiar to this store, and its bad days, against a stand-in. */
class AzureSecretStoreTest {
  @TempDir static Path folder;
  private KeyVaultStandIn vault;
  private Map<String, String> metadata;

  @BeforeEach
  void start() throws Exception {
    vault = new KeyVaultStandIn(folder);
    metadata = vault.metadata();
  }

  @AfterEach
  void stop() {
    vault.close();
  }

  private SecretStoreDriver open() {
    return open(vault.client());
  }

  private SecretStoreDriver open(HttpClient client) {
    return AzureSecretStoreDriver.open(spec(), client, "https://" + vault.host() + "/", false);
  }

  private ComponentSpec spec() {
    return ComponentSpec.of("vault", "secretstores.azure.keyvault", metadata);
  }

  private static <T> T await(CompletionStage<T> stage) {
    try {
      return stage.toCompletableFuture().join();
    } catch (CompletionException e) {
      throw (InboardException) e.getCause();
    }
  }

  private static InboardException failure(CompletionStage<?> stage) {
    return catchThrowableOfType(InboardException.class, () -> await(stage));
  }

  private InboardException openFailure() {
    return catchThrowableOfType(InboardException.class, () -> open().close());
  }

  private static void assertCode(InboardException failure, ErrorCode code, String text) {
    assertThat(failure).hasMessageStartingWith("vault (secretstores.azure.keyvault): ");
    assertThat(failure).hasMessageContaining(text);
    assertThat(failure.code()).as(failure.getMessage()).isEqualTo(code);
    StringWriter trace = new StringWriter();
    failure.printStackTrace(new PrintWriter(trace));
    assertThat(trace.toString()).doesNotContain("planted");
  }

  @Test
  void bulkReadsEveryPageAndSkipsWhatIsDisabled() {
    for (int i = 0; i < 5; i++) {
      vault.put("s" + i, "v" + i);
    }
    vault.disabled.add("s3");
    try (SecretStoreDriver driver = open()) {
      assertThat(await(driver.getBulk(Map.of()))).containsOnlyKeys("s0", "s1", "s2", "s4");
    }
  }

  @Test
  void hugeSecretIsRead() {
    String huge = "ü".repeat(25_000);
    vault.put("huge", huge);
    try (SecretStoreDriver driver = open()) {
      assertThat(await(driver.get("huge", Map.of())).values())
          .isEqualTo(Map.of("huge", Secret.of(huge)));
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "400 | BadParameter | INVALID_ARGUMENT | refuses the request",
        "403 | Forbidden | PERMISSION_DENIED | give it the role Key Vault Secrets User",
        "403 | SecretDisabled | PERMISSION_DENIED | the secret is disabled; enable it",
        "429 | Throttled | EXHAUSTED | asks for fewer requests",
        "500 | Oops | UNAVAILABLE | answers HTTP 500",
        "503 | Oops | UNAVAILABLE | answers HTTP 503",
        "418 | Oops | INTERNAL | answers HTTP 418",
      })
  void everyRefusalHasItsCode(int status, String error, ErrorCode code, String text) {
    vault.put("a", "x");
    try (SecretStoreDriver driver = open()) {
      vault.refusal = new KeyVaultStandIn.Refusal(status, KeyVaultStandIn.error(error, error));
      int before = vault.requests.get();
      assertCode(failure(driver.get("a", Map.of())), code, text);
      assertThat(vault.requests.get()).as("the driver does not retry").isEqualTo(before + 1);
    }
  }

  @Test
  void wrongCredentialsStopTheStart() {
    metadata.put("azureClientSecret", "other-planted");
    assertCode(openFailure(), ErrorCode.UNAUTHENTICATED, "the credentials are not accepted");
  }

  @Test
  void deadAddressStopsTheStart() {
    vault.close();
    assertCode(openFailure(), ErrorCode.UNAVAILABLE, "cannot be reached");
  }

  @Test
  void serverThatNobodyTrustsStopsTheStart() {
    InboardException failure =
        catchThrowableOfType(
            InboardException.class, () -> open(HttpClient.newHttpClient()).close());
    assertCode(failure, ErrorCode.UNAVAILABLE, "unable to find valid certification path");
  }

  @Test
  void silenceEndsInATimeout() {
    metadata.put("timeout", "2s");
    vault.silent = true;
    assertCode(openFailure(), ErrorCode.TIMEOUT, "raise 'timeout'");
  }

  @Test
  void answerThatStopsMidwayEndsInATimeout() {
    metadata.put("timeout", "2s");
    vault.put("a", "x");
    try (SecretStoreDriver driver = open()) {
      vault.stopsMidway = true;
      assertCode(failure(driver.get("a", Map.of())), ErrorCode.TIMEOUT, "raise 'timeout'");
    }
  }

  @Test
  void hostSaysWhichCloudItIsIn() {
    metadata.put("vaultName", "mine");
    assertThat(AzureOptions.vault(spec())).isEqualTo(URI.create("https://mine.vault.azure.net"));
    metadata.put("azureEnvironment", "AzureChinaCloud");
    assertThat(AzureOptions.vault(spec())).isEqualTo(URI.create("https://mine.vault.azure.cn"));
    metadata.put("vaultName", "mine.vault.usgovcloudapi.net");
    assertThat(AzureOptions.cloud(spec())).isEqualTo(AzureOptions.Cloud.US_GOVERNMENT);
  }

  @Test
  void badFieldsAreReported() {
    metadata.remove("azureTenantId");
    metadata.put("azureCertificateFile", "/x.pem");
    metadata.put("vaultName", "no vault");
    metadata.put("timeout", "0");
    assertThat(new AzureSecretStoreProvider().check(spec()))
        .containsExactly(
            "field 'vaultName' is no name and no host; write it like my-vault",
            "fields 'azureTenantId' and 'azureClientId' are missing; a service principal needs both",
            "fields 'azureClientSecret' and 'azureCertificateFile' exclude each other; give one",
            "field 'timeout' is not positive; write it like 30s");
  }
}
