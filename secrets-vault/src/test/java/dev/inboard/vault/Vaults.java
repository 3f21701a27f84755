package dev.inboard.vault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.inboard.common.ErrorCode;
import dev.inboard.common.InboardException;
import dev.inboard.common.Secret;
import dev.inboard.spi.CallingThread;
import dev.inboard.spi.ComponentSpec;
import dev.inboard.spi.secrets.SecretStoreDriver;
import dev.inboard.spi.secrets.StoredSecret;
import dev.inboard.test.server.OpenBaoServer;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;

/** What the tests do with drivers and servers. */
final class Vaults {
  static final ObjectMapper JSON = new ObjectMapper();

  private Vaults() {}

  /** Returns a prefix below which no other test has secrets. */
  static String prefix() {
    return "test-" + UUID.randomUUID();
  }

  static String json(Object value) {
    try {
      return JSON.writeValueAsString(value);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }

  static JsonNode parse(String json) {
    try {
      return JSON.readTree(json);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Writes a secret of the KV engine of version 2 at {@code secret}. */
  static void put(OpenBaoServer server, String path, Map<String, ?> values) {
    server.api("POST", "secret/data/" + path, json(Map.of("data", values)));
  }

  /** Makes a token that may read below a prefix, with more about it. */
  static String token(OpenBaoServer server, String policy, Map<String, ?> more) {
    String name = "policy-" + UUID.randomUUID();
    server.api("POST", "sys/policies/acl/" + name, json(Map.of("policy", policy)));
    Map<String, Object> request = new HashMap<>(more);
    request.put("policies", new String[] {name});
    return parse(server.api("POST", "auth/token/create", json(request)))
        .at("/auth/client_token")
        .asText();
  }

  /** Returns what a component of this server says, with the root token. */
  static Map<String, String> metadata(OpenBaoServer server, String prefix) {
    return Map.of(
        "vaultAddr", server.uri(), "vaultToken", server.rootToken(), "vaultKVPrefix", prefix);
  }

  static Map<String, String> with(Map<String, String> metadata, String... more) {
    Map<String, String> all = new HashMap<>(metadata);
    for (int i = 0; i < more.length; i += 2) {
      all.put(more[i], more[i + 1]);
    }
    return all;
  }

  static Map<String, String> without(Map<String, String> metadata, String name) {
    Map<String, String> rest = new HashMap<>(metadata);
    rest.remove(name);
    return rest;
  }

  static SecretStoreDriver open(Map<String, String> metadata) {
    return new VaultSecretStoreProvider()
        .open(ComponentSpec.of("vault", "secretstores.hashicorp.vault", metadata));
  }

  static InboardException openFailure(Map<String, String> metadata) {
    InboardException failure =
        catchThrowableOfType(InboardException.class, () -> open(metadata).close());
    assertThat(failure).as("failure of open").isNotNull();
    return failure;
  }

  /** Reads as a caller does that waits for the answer. */
  static StoredSecret get(SecretStoreDriver driver, String name) {
    return await(CallingThread.waiting(() -> driver.get(name, Map.of())));
  }

  static String value(SecretStoreDriver driver, String name, String key) {
    Secret value = get(driver, name).values().get(key);
    assertThat(value).as("value %s of %s", key, name).isNotNull();
    return value.reveal();
  }

  static InboardException failure(SecretStoreDriver driver, String name) {
    return failure(CallingThread.waiting(() -> driver.get(name, Map.of())));
  }

  static InboardException failure(CompletionStage<?> stage) {
    InboardException failure = catchThrowableOfType(InboardException.class, () -> await(stage));
    assertThat(failure).as("failure").isNotNull();
    return failure;
  }

  static void assertCode(InboardException failure, ErrorCode code, String... parts) {
    assertThat(failure.code()).as(failure.getMessage()).isEqualTo(code);
    assertThat(failure).hasMessageStartingWith("vault (secretstores.hashicorp.vault): ");
    for (String part : parts) {
      assertThat(failure).hasMessageContaining(part);
    }
  }

  static String printed(Throwable failure) {
    StringWriter trace = new StringWriter();
    failure.printStackTrace(new PrintWriter(trace));
    return trace.toString();
  }

  static <T> T await(CompletionStage<T> stage) {
    try {
      return stage.toCompletableFuture().get(60, TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof InboardException failure) {
        throw failure;
      }
      throw new AssertionError(e.getCause());
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }
}
