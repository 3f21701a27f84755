package dev.inboard.vault;

import static dev.inboard.vault.Vaults.assertCode;
import static dev.inboard.vault.Vaults.failure;
import static dev.inboard.vault.Vaults.open;
import static dev.inboard.vault.Vaults.openFailure;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.inboard.common.ErrorCode;
import dev.inboard.common.InboardException;
import dev.inboard.spi.secrets.SecretStoreDriver;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Answers that a healthy server never gives, from a stand-in that gives them on demand. */
class VaultStatusTest {
  private HttpServer standIn;
  private volatile int status = 200;
  private volatile String body = "{}";
  private volatile int health = 200;
  private volatile boolean stopsMidway;

  @BeforeEach
  void start() throws IOException {
    standIn = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    answer("/v1/sys/health", true);
    answer("/v1/auth/token/lookup-self", true);
    answer("/v1/secret", false);
    answer("/v1/auth/stops/login", false);
    standIn.start();
  }

  private void answer(String path, boolean healthy) {
    standIn.createContext(
        path,
        exchange -> {
          byte[] bytes = (healthy ? "{}" : body).getBytes(UTF_8);
          exchange.sendResponseHeaders(
              healthy ? health : status, bytes.length == 0 ? -1 : bytes.length);
          if (stopsMidway && !healthy) {
            exchange.getResponseBody().write(bytes, 0, bytes.length / 2);
            exchange.getResponseBody().flush();
            return; // and no more comes
          }
          exchange.getResponseBody().write(bytes);
          exchange.close();
        });
  }

  @AfterEach
  void stop() {
    standIn.stop(0);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "400 | '{\"errors\":[\"odd\"]}'        | INVALID_ARGUMENT | the server refuses the request (odd)",
        "400 | '{\"errors\":[\"Upgrading from non-versioned to versioned data.\"]}' | UNAVAILABLE | the server refuses the request (Upgrading",
        "403 | '{\"errors\":[\"1 error occurred:\\n\\t* permission denied\\n\\n\"]}' | PERMISSION_DENIED | (1 error occurred: * permission denied)",
        "429 | '{\"errors\":[\"too many\"]}'   | EXHAUSTED   | the server asks for fewer requests (too many)",
        "500 | '{\"errors\":[\"internal\"]}'   | UNAVAILABLE | answers HTTP 500 (internal); look at the server's log",
        "502 | '<html>bad gateway</html>'      | UNAVAILABLE | answers HTTP 502; look at the server's log",
        "503 | '{\"errors\":[\"Vault is sealed\"]}' | UNAVAILABLE | is sealed; unseal it",
        "503 | ''                              | UNAVAILABLE | does not serve now; look at the server",
        "418 | ''                              | INTERNAL    | answers HTTP 418",
        "200 | '<html>hello</html>'            | UNAVAILABLE | does not answer with JSON; is 'vaultAddr' that of a Vault?",
        "200 | '{\"data\":\"hunter2\"}'        | DATA_LOSS   | the server's answer holds no secret; is 'engineVersion' right?",
        "200 | ''                              | DATA_LOSS   | the server's answer holds no secret",
      })
  void everyAnswerHasItsCode(int status, String body, ErrorCode code, String message) {
    this.status = status;
    this.body = body;
    try (SecretStoreDriver vault = open(metadata())) {
      assertCode(failure(vault, "a"), code, message);
      assertThat(Vaults.printed(failure(vault, "a"))).doesNotContain("hunter2");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "501, is not initialized; initialize it",
    "503, does not serve now",
    "500, answers HTTP 500"
  })
  void serverThatIsNotWellStopsTheStart(int health, String message) {
    this.health = health;
    assertCode(openFailure(metadata()), ErrorCode.UNAVAILABLE, "open failed", message);
  }

  @ParameterizedTest
  @ValueSource(strings = {"hunter2\nnext line", "hunter2-ü", "hunter2 x", " "})
  void tokenThatNoHeaderCanHoldIsNotShown(String token) {
    InboardException failure = openFailure(Vaults.with(metadata(), "vaultToken", token));
    assertCode(
        failure,
        ErrorCode.UNAUTHENTICATED,
        "the token is empty or holds characters that no token has; correct it");
    assertThat(Vaults.printed(failure)).doesNotContain("hunter2");
  }

  @Test
  void answerThatStopsMidwayEndsInATimeout() {
    body = "{\"data\":{\"data\":{\"v\":\"x\"}}}";
    try (SecretStoreDriver vault = open(Vaults.with(metadata(), "vaultTimeout", "300ms"))) {
      stopsMidway = true;
      String[] parts = {
        "no whole answer from http://127.0.0.1:", "in time", "raise 'vaultTimeout'"
      };
      assertCode(failure(vault, "a"), ErrorCode.TIMEOUT, parts); // sent by the caller's thread
      assertCode(failure(vault.get("a", Map.of())), ErrorCode.TIMEOUT, parts);
      stopsMidway = false;
      assertThat(Vaults.value(vault, "a", "v")).isEqualTo("x");
    }
  }

  @Test
  void loginThatStopsMidwayEndsInATimeout() {
    stopsMidway = true;
    Map<String, String> login =
        Map.of(
            "vaultAddr",
            metadata().get("vaultAddr"),
            "vaultTimeout",
            "300ms",
            "vaultAuthMethod",
            "approle",
            "vaultAppRoleMountPath",
            "stops",
            "vaultAppRoleRoleId",
            "r",
            "vaultAppRoleSecretId",
            "s");
    assertCode(openFailure(login), ErrorCode.TIMEOUT, "no whole answer from", "in time");
  }

  @Test
  void leaseEndsTheSecret() {
    body =
        "{\"lease_id\":\"database/creds/app/1\",\"lease_duration\":60,\"data\":{\"data\":{\"v\":\"x\"}}}";
    try (SecretStoreDriver vault = open(metadata())) {
      assertThat(Vaults.get(vault, "a").expiresAt()).isAfter(java.time.Instant.now());
      body = "{\"lease_id\":\"\",\"lease_duration\":2764800,\"data\":{\"data\":{\"v\":\"x\"}}}";
      assertThat(Vaults.get(vault, "a").expiresAt()).isNull();
    }
  }

  @Test
  void numbersKeepEveryDigitOfTheAnswer() {
    body = "{\"data\":{\"data\":{\"n\":12345678901234567890,\"f\":1.5000,\"o\":{\"e\":1e+30}}}}";
    try (SecretStoreDriver vault = open(metadata())) {
      assertThat(Vaults.value(vault, "a", "n")).isEqualTo("12345678901234567890");
      assertThat(Vaults.value(vault, "a", "f")).isEqualTo("1.5000");
      assertThat(Vaults.value(vault, "a", "o")).isEqualTo("{\"e\":1E+30}");
    }
  }

  private Map<String, String> metadata() {
    return Map.of(
        "vaultAddr", "http://127.0.0.1:" + standIn.getAddress().getPort(), "vaultToken", "t");
  }
}
