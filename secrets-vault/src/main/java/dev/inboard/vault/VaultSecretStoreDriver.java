package dev.inboard.vault;

import com.fasterxml.jackson.databind.JsonNode;
import dev.inboard.common.ErrorCode;
import dev.inboard.common.Secret;
import dev.inboard.spi.ComponentSpec;
import dev.inboard.spi.Feature;
import dev.inboard.spi.secrets.SecretStoreDriver;
import dev.inboard.spi.secrets.StoredSecret;
import dev.inboard.vault.VaultOptions.AuthMethod;
import dev.inboard.vault.VaultOptions.ValueType;
import java.time.Clock;
import java.time.Instant;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Reads secrets of one KV engine. Reads nothing twice and keeps nothing. */
final class VaultSecretStoreDriver implements SecretStoreDriver {
  private final String component;
  private final Clock clock;
  private final ValueType valueType;
  private final VaultPaths paths;
  private final VaultFailures failures;
  private final VaultHttp http;
  private final TokenSource tokens;
  private final CompletableFuture<Void> drained = new CompletableFuture<>();
  private int underWay; // guarded by this
  private boolean closed; // guarded by this

  private VaultSecretStoreDriver(ComponentSpec spec) {
    component = spec.label();
    clock = spec.clock();
    valueType = spec.get(VaultOptions.VALUE_TYPE);
    paths = new VaultPaths(spec);
    failures = new VaultFailures(component, spec.get(VaultOptions.ADDRESS).toString());
    http = new VaultHttp(spec, failures);
    tokens = tokens(spec);
  }

  private TokenSource tokens(ComponentSpec spec) {
    if (spec.get(VaultOptions.AUTH_METHOD) != AuthMethod.TOKEN) {
      return new LoginToken(spec.name(), Login.of(spec), http, failures);
    }
    if (spec.has(VaultOptions.TOKEN_FILE)) {
      return new FileToken(spec.get(VaultOptions.TOKEN_FILE), failures);
    }
    Secret given = spec.get(VaultOptions.TOKEN);
    String text = given != null ? given.reveal() : System.getenv("VAULT_TOKEN");
    return new GivenToken(Secret.of(text.strip()), failures);
  }

  /** Opens the store when the server serves and accepts the token. */
  static VaultSecretStoreDriver open(ComponentSpec spec) {
    VaultSecretStoreDriver driver = new VaultSecretStoreDriver(spec);
    try {
      driver.health("open").thenCompose(serves -> driver.tokenIsAccepted()).get();
      return driver;
    } catch (ExecutionException e) {
      driver.close();
      throw driver.failures.network("open", e.getCause() == null ? e : e.getCause());
    } catch (InterruptedException e) {
      driver.close();
      Thread.currentThread().interrupt();
      throw driver.failures.failure(ErrorCode.CANCELLED, "open", "the thread was interrupted");
    }
  }

  private CompletableFuture<Void> tokenIsAccepted() {
    return tokens
        .current("open")
        .thenCompose(
            token -> accepts(token, "open").thenCompose(yes -> yes ? done() : replaced(token)))
        .toCompletableFuture();
  }

  private static CompletionStage<Void> done() {
    return CompletableFuture.completedFuture(null);
  }

  private CompletionStage<Void> replaced(Secret token) {
    return tokens.replace(token, "open").thenAccept(other -> {});
  }

  @Override
  public Set<Feature> features() {
    Set<Feature> features = EnumSet.noneOf(Feature.class);
    if (paths.versioned()) {
      features.add(Feature.SECRET_VERSIONS);
    }
    if (valueType == ValueType.MAP) {
      features.add(Feature.MULTIPLE_VALUES_PER_SECRET);
    }
    return features;
  }

  @Override
  public CompletionStage<Void> ping() {
    return tracked("ping", () -> health("ping"));
  }

  private CompletableFuture<Void> health(String operation) {
    return http.health(operation)
        .thenAccept(
            answer -> {
              if (!answer.isSuccess()) {
                throw failures.status(operation, answer);
              }
            });
  }

  @Override
  public CompletionStage<StoredSecret> get(String name, Map<String, String> metadata) {
    String operation = "get secret '" + name + "'";
    return tracked(operation, () -> read(operation, name, metadata));
  }

  @Override
  public CompletionStage<Map<String, StoredSecret>> getBulk(Map<String, String> metadata) {
    String operation = "get all secrets";
    return tracked(
        operation,
        () ->
            new BulkRead(
                    folder ->
                        authorized(
                            operation, token -> http.get(operation, paths.list(folder), token)),
                    name -> read(operation, name, metadata),
                    failures)
                .run(operation));
  }

  private CompletableFuture<StoredSecret> read(
      String operation, String name, Map<String, String> metadata) {
    String version = metadata.getOrDefault("version_id", "");
    if (!VaultPaths.isValid(name)) {
      throw failures.failure(
          ErrorCode.INVALID_ARGUMENT,
          operation,
          "the name has an empty, '.' or '..' part; correct it");
    }
    if (!version.matches("\\d{0,18}")) {
      throw failures.failure(
          ErrorCode.INVALID_ARGUMENT, operation, "the version is no number; give one like 3");
    }
    return authorized(operation, token -> http.get(operation, paths.read(name, version), token))
        .thenApply(
            answer -> {
              if (!answer.isSuccess()) {
                throw failures.status(operation, answer);
              }
              return secret(operation, name, answer.json());
            });
  }

  private StoredSecret secret(String operation, String name, JsonNode answer) {
    JsonNode data = paths.versioned() ? answer.at("/data/data") : answer.path("data");
    if (!data.isObject()) {
      throw failures.failure(
          ErrorCode.DATA_LOSS,
          operation,
          "the server's answer holds no secret; is 'engineVersion' right?");
    }
    Map<String, Secret> values = new LinkedHashMap<>();
    if (valueType == ValueType.TEXT) {
      values.put(name, Secret.of(data.toString()));
    } else {
      data.properties()
          .forEach(field -> values.put(field.getKey(), Secret.of(text(field.getValue()))));
    }
    String version = paths.versioned() ? answer.at("/data/metadata/version").asText() : null;
    return new StoredSecret(values, version, leaseEnd(answer));
  }

  private static String text(JsonNode value) {
    return value.isTextual() ? value.textValue() : value.toString();
  }

  /** Only secrets with a lease end; a KV engine's {@code lease_duration} is a mere hint. */
  private @Nullable Instant leaseEnd(JsonNode answer) {
    return answer.path("lease_id").asText().isEmpty()
        ? null
        : clock.instant().plusSeconds(answer.path("lease_duration").asLong());
  }

  /** Sends a request with the token, and once more with another one when this one is refused. */
  private CompletableFuture<VaultAnswer> authorized(
      String operation, Function<Secret, CompletableFuture<VaultAnswer>> request) {
    return tokens
        .current(operation)
        .thenCompose(
            token ->
                request
                    .apply(token)
                    .thenCompose(
                        answer -> {
                          if (answer.status() != 403) {
                            return CompletableFuture.completedFuture(answer);
                          }
                          return accepts(token, operation)
                              .thenCompose(
                                  accepted -> {
                                    if (accepted) {
                                      throw failures.permissionDenied(operation, answer);
                                    }
                                    return tokens.replace(token, operation).thenCompose(request);
                                  });
                        }))
        .thenApply(
            answer -> {
              if (answer.status() == 403) {
                throw failures.permissionDenied(operation, answer);
              }
              return answer;
            })
        .toCompletableFuture();
  }

  /**
   * Asks whether a token is valid. Servers answer 403 to an invalid one and to a valid one whose
   * policies do not even let it look at itself, but only in the latter case count their errors.
   */
  private CompletableFuture<Boolean> accepts(Secret token, String operation) {
    return http.get(operation, "/v1/auth/token/lookup-self", token)
        .thenApply(
            answer -> {
              if (answer.isSuccess()) {
                return true;
              }
              if (answer.status() != 403) {
                throw failures.status(operation, answer);
              }
              return answer.mentions("1 error occurred") && !answer.mentions("invalid token");
            });
  }

  /** Lets {@link #close} wait for a call. */
  private <T> CompletionStage<T> tracked(String operation, Supplier<CompletableFuture<T>> call) {
    if (!begin()) {
      return CompletableFuture.failedFuture(failures.closed(operation));
    }
    CompletionStage<T> begun;
    try {
      begun = call.get();
    } catch (RuntimeException e) {
      begun = CompletableFuture.failedFuture(e);
    }
    CompletableFuture<T> result = new CompletableFuture<>();
    begun.whenComplete(
        (value, failure) -> {
          end();
          if (failure == null) {
            result.complete(value);
          } else {
            result.completeExceptionally(failures.network(operation, failure));
          }
        });
    return result;
  }

  private synchronized boolean begin() {
    if (!closed) {
      underWay++;
    }
    return !closed;
  }

  private void end() {
    boolean last;
    synchronized (this) {
      underWay--;
      last = closed && underWay == 0;
    }
    if (last) {
      drained.complete(null);
    }
  }

  /**
   * Waits for the calls under way, each of which has its time limit. Waits on a future, because
   * that lets the common pool, on which the HTTP client ends its calls, replace a worker that waits
   * here.
   */
  @Override
  public void close() {
    boolean idle;
    synchronized (this) {
      closed = true;
      idle = underWay == 0;
    }
    if (idle) {
      drained.complete(null);
    }
    drained.join();
    tokens.close();
    http.close();
  }

  @Override
  public String toString() {
    return component;
  }
}
