package dev.inboard.local;

import dev.inboard.common.ErrorCode;
import dev.inboard.common.InboardException;
import dev.inboard.spi.Feature;
import dev.inboard.spi.secrets.SecretStoreDriver;
import dev.inboard.spi.secrets.StoredSecret;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Reads secrets from a copy of the environment; a process cannot see its own change. */
final class LocalEnvSecretStoreDriver implements SecretStoreDriver {
  private final String component;
  private final String prefix;
  private final Map<String, String> variables;
  private final boolean ignoresCase;
  private volatile boolean closed; // written by close

  LocalEnvSecretStoreDriver(
      String component, String prefix, Map<String, String> variables, boolean ignoresCase) {
    this.component = component;
    this.prefix = prefix;
    this.variables =
        ignoresCase ? new TreeMap<>(String.CASE_INSENSITIVE_ORDER) : new LinkedHashMap<>();
    this.variables.putAll(variables);
    this.ignoresCase = ignoresCase;
  }

  @Override
  public Set<Feature> features() {
    return Set.of();
  }

  @Override
  public CompletionStage<Void> ping() {
    return closed
        ? CompletableFuture.failedFuture(FileWork.closed(component, "ping"))
        : CompletableFuture.completedFuture(null);
  }

  @Override
  public CompletionStage<StoredSecret> get(String name, Map<String, String> metadata) {
    String operation = "get secret '" + name + "'";
    if (closed) {
      return CompletableFuture.failedFuture(FileWork.closed(component, operation));
    }
    String variable = prefix + name;
    if (isForbidden(variable)) {
      return failed(
          ErrorCode.PERMISSION_DENIED,
          operation,
          "the variable '" + variable + "' belongs to the runtime; choose another name");
    }
    String value = variables.get(variable);
    if (value == null) {
      return failed(
          ErrorCode.NOT_FOUND,
          operation,
          "the environment variable '" + variable + "' is not set; set it before the start");
    }
    return CompletableFuture.completedFuture(StoredSecret.single(name, value));
  }

  @Override
  public CompletionStage<Map<String, StoredSecret>> getBulk(Map<String, String> metadata) {
    if (closed) {
      return CompletableFuture.failedFuture(FileWork.closed(component, "get all secrets"));
    }
    Map<String, StoredSecret> secrets = new LinkedHashMap<>();
    variables.forEach(
        (variable, value) -> {
          if (hasPrefix(variable)
              && variable.length() > prefix.length()
              && !isForbidden(variable)) {
            String name = variable.substring(prefix.length());
            secrets.put(name, StoredSecret.single(name, value));
          }
        });
    return CompletableFuture.completedFuture(secrets);
  }

  private boolean hasPrefix(String variable) {
    return variable.regionMatches(ignoresCase, 0, prefix, 0, prefix.length());
  }

  private static boolean isForbidden(String variable) {
    String upper = variable.toUpperCase(Locale.ROOT);
    return upper.equals("APP_API_TOKEN") || upper.startsWith("DAPR_");
  }

  private <T> CompletionStage<T> failed(ErrorCode code, String operation, String reason) {
    return CompletableFuture.failedFuture(new InboardException(code, component, operation, reason));
  }

  @Override
  public void close() {
    closed = true;
  }

  @Override
  public String toString() {
    return component;
  }
}
