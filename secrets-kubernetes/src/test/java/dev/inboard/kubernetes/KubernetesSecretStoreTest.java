package dev.inboard.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.inboard.common.ErrorCode;
import dev.inboard.common.InboardException;
import dev.inboard.common.Secret;
import dev.inboard.spi.ComponentSpec;
import dev.inboard.spi.secrets.SecretStoreDriver;
import dev.inboard.spi.secrets.StoredSecret;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is peculiar to this store, and its bad days, against a stand-in of the API server. */
class KubernetesSecretStoreTest {
  @TempDir Path folder;
  private ApiServerStandIn server;
  private final Map<String, String> metadata = new HashMap<>();

  @BeforeEach
  void start() throws IOException {
    server = new ApiServerStandIn();
    metadata.put("kubeconfigPath", server.kubeconfig(folder, ApiServerStandIn.TOKEN).toString());
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private SecretStoreDriver open(String environmentNamespace) {
    return KubernetesSecretStoreDriver.open(
        ComponentSpec.of("vault", "secretstores.kubernetes", metadata), environmentNamespace);
  }

  private static <T> T await(CompletionStage<T> stage) {
    try {
      return stage.toCompletableFuture().join();
    } catch (CompletionException e) {
      throw (InboardException) e.getCause();
    }
  }

  private static String value(SecretStoreDriver driver, String name, Map<String, String> request) {
    StoredSecret secret = await(driver.get(name, request));
    return secret.values().get("v").reveal();
  }

  private static InboardException failure(CompletionStage<?> stage) {
    return catchThrowableOfType(InboardException.class, () -> await(stage));
  }

  private InboardException openFailure() {
    return catchThrowableOfType(InboardException.class, () -> open(null).close());
  }

  private static void assertCode(InboardException failure, ErrorCode code, String text) {
    assertThat(failure).hasMessageStartingWith("vault (secretstores.kubernetes): ");
    assertThat(failure).hasMessageContaining(text);
    assertThat(failure.code()).as(failure.getMessage()).isEqualTo(code);
  }

  @Test
  void namespaceIsThatOfTheRequestElseOfTheVariableElseOfTheFieldElseOfTheContext() {
    for (String where : new String[] {"asked", "variable", "field", "from-context"}) {
      server.put(where, "a", Map.of("v", where));
    }
    try (SecretStoreDriver driver = open(null)) {
      assertThat(value(driver, "a", Map.of())).isEqualTo("from-context");
    }
    metadata.put("defaultNamespace", "field");
    try (SecretStoreDriver driver = open(null)) {
      assertThat(value(driver, "a", Map.of())).isEqualTo("field");
    }
    try (SecretStoreDriver driver = open("variable")) {
      assertThat(value(driver, "a", Map.of())).isEqualTo("variable");
      assertThat(value(driver, "a", Map.of("namespace", "asked"))).isEqualTo("asked");
      assertThat(await(driver.getBulk(Map.of("namespace", "asked")))).containsOnlyKeys("a");
      assertCode(
          failure(driver.get("a", Map.of("namespace", "../x"))),
          ErrorCode.INVALID_ARGUMENT,
          "no namespace can have this name");
      assertCode(
          failure(driver.get("a", Map.of("namespace", "other"))),
          ErrorCode.NOT_FOUND,
          "in namespace 'other'; create it, or name another");
    }
  }

  @Test
  void bytesThatAreNoTextStayBase64() {
    server.putBytes("from-context", "a", Map.of("v", new byte[] {0, (byte) 0xff}));
    try (SecretStoreDriver driver = open(null)) {
      assertThat(value(driver, "a", Map.of())).isEqualTo("AP8=");
    }
  }

  @Test
  void hugeAndEmptySecretsAreRead() {
    String huge = "ü".repeat(500_000);
    server.put("from-context", "huge", Map.of("v", huge));
    server.put("from-context", "empty", Map.of());
    try (SecretStoreDriver driver = open(null)) {
      assertThat(value(driver, "huge", Map.of())).isEqualTo(huge);
      assertThat(await(driver.get("empty", Map.of())).values()).isEmpty();
    }
  }

  @Test
  void bulkReadsEveryPage() {
    for (int i = 0; i < 5; i++) {
      server.put("from-context", "s" + i, Map.of("v", "x"));
    }
    try (SecretStoreDriver driver = open(null)) {
      Map<String, StoredSecret> all = await(driver.getBulk(Map.of()));
      assertThat(all).containsOnlyKeys("s0", "s1", "s2", "s3", "s4");
      assertThat(all.get("s4").values()).isEqualTo(Map.of("v", Secret.of("x")));
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "403 | PERMISSION_DENIED | give it a role with the verb 'get'",
        "422 | INVALID_ARGUMENT | refuses the request",
        "429 | EXHAUSTED | asks for fewer requests",
        "500 | UNAVAILABLE | answers HTTP 500",
        "503 | UNAVAILABLE | answers HTTP 503",
        "418 | INTERNAL | answers HTTP 418",
      })
  void everyRefusalHasItsCode(int status, ErrorCode code, String text) {
    server.put("from-context", "a", Map.of("v", "x"));
    try (SecretStoreDriver driver = open(null)) {
      server.refusal = status;
      int before = server.requests.get();
      assertCode(failure(driver.get("a", Map.of())), code, text);
      assertThat(server.requests.get()).as("the driver does not retry").isEqualTo(before + 1);
      assertCode(failure(driver.getBulk(Map.of())), code, text);
    }
  }

  @Test
  void wrongTokenStopsTheStart() throws IOException {
    server.kubeconfig(folder, "wrong-planted");
    InboardException failure = openFailure();
    assertCode(failure, ErrorCode.UNAUTHENTICATED, "look at 'kubeconfigPath'");
    assertThat(failure.getMessage()).doesNotContain("planted");
  }

  @Test
  void deadAddressStopsTheStart() {
    server.close();
    assertCode(openFailure(), ErrorCode.UNAVAILABLE, "cannot be reached");
  }

  @Test
  void silenceEndsInATimeout() {
    metadata.put("timeout", "300ms");
    server.silent = true;
    assertCode(openFailure(), ErrorCode.TIMEOUT, "raise 'timeout'");
  }

  @Test
  void answerThatStopsMidwayEndsInATimeout() {
    metadata.put("timeout", "300ms");
    server.put("from-context", "a", Map.of("v", "x"));
    try (SecretStoreDriver driver = open(null)) {
      server.stopsMidway = true;
      assertCode(failure(driver.get("a", Map.of())), ErrorCode.TIMEOUT, "raise 'timeout'");
      assertCode(failure(driver.getBulk(Map.of())), ErrorCode.TIMEOUT, "raise 'timeout'");
      server.stopsMidway = false;
      assertThat(value(driver, "a", Map.of())).isEqualTo("x");
    }
  }

  @Test
  void kubeconfigThatIsNotThereStopsTheStart() {
    metadata.put("kubeconfigPath", folder.resolve("absent").toString());
    assertCode(openFailure(), ErrorCode.INVALID_ARGUMENT, "'kubeconfigPath'");
  }
}
