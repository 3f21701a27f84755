package dev.inboard.aws;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.inboard.common.ErrorCode;
import dev.inboard.common.InboardException;
import dev.inboard.common.Secret;
import dev.inboard.spi.ComponentSpec;
import dev.inboard.spi.secrets.SecretStoreDriver;
import dev.inboard.spi.secrets.StoredSecret;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is peculiar to this store, and its bad days, against a stand-in. */
class AwsSecretStoreTest {
  private SecretsManagerStandIn service;
  private final Map<String, String> metadata = new HashMap<>();

  @BeforeEach
  void start() throws IOException {
    service = new SecretsManagerStandIn();
    metadata.put("region", "eu-central-1");
    metadata.put("endpoint", service.address());
    metadata.put("accessKey", SecretsManagerStandIn.KEY_ID);
    metadata.put("secretKey", "key-planted");
  }

  @AfterEach
  void stop() {
    service.close();
  }

  private SecretStoreDriver open() {
    return new AwsSecretStoreProvider()
        .open(ComponentSpec.of("vault", "secretstores.aws.secretmanager", metadata));
  }

  private static <T> T await(CompletionStage<T> stage) {
    try {
      return stage.toCompletableFuture().join();
    } catch (CompletionException e) {
      throw (InboardException) e.getCause();
    }
  }

  private static Map<String, Secret> values(SecretStoreDriver driver, String name) {
    return await(driver.get(name, Map.of())).values();
  }

  private static InboardException failure(SecretStoreDriver driver, String name) {
    return catchThrowableOfType(InboardException.class, () -> values(driver, name));
  }

  private InboardException openFailure() {
    return catchThrowableOfType(InboardException.class, () -> open().close());
  }

  private static void assertCode(InboardException failure, ErrorCode code, String text) {
    assertThat(failure).hasMessageStartingWith("vault (secretstores.aws.secretmanager): ");
    assertThat(failure).hasMessageContaining(text);
    assertThat(failure.code()).as(failure.getMessage()).isEqualTo(code);
  }

  @Test
  void jsonFieldsBecomeValuesAndWhatIsNoTextStaysJson() {
    metadata.put("multipleKeyValuesPerSecret", "true");
    service.put("db", "{\"user\":\"u\",\"port\":5432,\"ratio\":1.50,\"tags\":{\"a\":[1]}}");
    service.put("plain", "no json");
    service.put("number", "17");
    try (SecretStoreDriver driver = open()) {
      assertThat(values(driver, "db"))
          .isEqualTo(
              Map.of(
                  "user", Secret.of("u"),
                  "port", Secret.of("5432"),
                  "ratio", Secret.of("1.50"),
                  "tags", Secret.of("{\"a\":[1]}")));
      assertThat(values(driver, "plain")).isEqualTo(Map.of("plain", Secret.of("no json")));
      assertThat(values(driver, "number")).isEqualTo(Map.of("number", Secret.of("17")));
    }
  }

  @Test
  void binarySecretIsItsBase64() {
    service.putBinary("bytes", "AAEC/w==");
    try (SecretStoreDriver driver = open()) {
      assertThat(values(driver, "bytes")).isEqualTo(Map.of("bytes", Secret.of("AAEC/w==")));
    }
  }

  @Test
  void stageIsAskedFor() {
    service.put("a", "old").put("a", "new");
    try (SecretStoreDriver driver = open()) {
      StoredSecret previous = await(driver.get("a", Map.of("version_stage", "AWSPREVIOUS")));
      assertThat(previous.values()).isEqualTo(Map.of("a", Secret.of("old")));
    }
  }

  @Test
  void hugeSecretIsRead() {
    String huge = "x".repeat(65_536);
    service.put("huge", huge);
    try (SecretStoreDriver driver = open()) {
      assertThat(values(driver, "huge")).isEqualTo(Map.of("huge", Secret.of(huge)));
    }
  }

  @Test
  void bulkReadsEveryPage() {
    for (int i = 0; i < 7; i++) {
      service.put("s" + i, "v" + i);
    }
    try (SecretStoreDriver driver = open()) {
      assertThat(await(driver.getBulk(Map.of())))
          .containsOnlyKeys("s0", "s1", "s2", "s3", "s4", "s5", "s6");
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "400 | AccessDeniedException | not for you | PERMISSION_DENIED | allow secretsmanager:GetSecretValue",
        "400 | DecryptionFailure | no key | PERMISSION_DENIED | allow kms:Decrypt",
        "400 | ExpiredTokenException | too old | UNAUTHENTICATED | correct or renew them",
        "400 | InvalidSignatureException | odd | UNAUTHENTICATED | does not accept the credentials",
        "400 | InvalidRequestException | it was marked for deletion | NOT_FOUND | marked for deletion",
        "400 | ValidationException | odd | INVALID_ARGUMENT | refuses the request (odd)",
        "400 | ThrottlingException | Rate exceeded | EXHAUSTED | asks for fewer requests",
        "500 | InternalServiceError | oops | UNAVAILABLE | answers HTTP 500",
        "503 | ServiceUnavailable | oops | UNAVAILABLE | answers HTTP 503",
        "418 | Teapot | oops | INTERNAL | answers HTTP 418",
      })
  void everyRefusalHasItsCode(int status, String error, String said, ErrorCode code, String text) {
    service.put("a", "planted");
    try (SecretStoreDriver driver = open()) {
      service.refusal = new SecretsManagerStandIn.Refusal(status, error, said);
      int before = service.requests.get();
      assertCode(failure(driver, "a"), code, text);
      assertThat(service.requests.get()).as("the driver does not retry").isEqualTo(before + 1);
    }
  }

  @Test
  void wrongCredentialsStopTheStart() {
    metadata.put("accessKey", "AKIDOTHER");
    InboardException failure = openFailure();
    assertCode(failure, ErrorCode.UNAUTHENTICATED, "correct or renew them");
    assertThat(failure.getMessage()).doesNotContain("planted");
  }

  @Test
  void credentialsThatMayOnlyReadDoNotStopTheStart() {
    service.refusal = new SecretsManagerStandIn.Refusal(400, "AccessDeniedException", "no");
    open().close();
  }

  @Test
  void deadAddressStopsTheStart() {
    service.close();
    assertCode(openFailure(), ErrorCode.UNAVAILABLE, "cannot be reached");
  }

  @Test
  void silenceEndsInATimeout() {
    metadata.put("timeout", "300ms");
    service.silent = true;
    assertCode(openFailure(), ErrorCode.TIMEOUT, "raise 'timeout'");
  }

  @Test
  void answerThatStopsMidwayEndsInATimeout() {
    metadata.put("timeout", "2s");
    service.put("a", "x");
    try (SecretStoreDriver driver = open()) {
      service.stopsMidway = true;
      assertCode(failure(driver, "a"), ErrorCode.TIMEOUT, "raise 'timeout'");
      assertCode(
          failure(driver, "absent"), // what is wrong is what stops midway
          ErrorCode.INTERNAL,
          "the service answers HTTP 400 and does not say why");
    }
  }

  @Test
  void badFieldsAreReported() {
    metadata.remove("secretKey");
    metadata.put("sessionToken", "t");
    metadata.put("timeout", "0");
    assertThat(
            new AwsSecretStoreProvider()
                .check(ComponentSpec.of("vault", "secretstores.aws.secretmanager", metadata)))
        .containsExactly(
            "fields 'accessKey' and 'secretKey' belong together; give both or none",
            "field 'timeout' is not positive; write it like 30s");
  }
}
