package dev.inboard.kubernetes;

import dev.inboard.common.ErrorCode;
import dev.inboard.common.Secret;
import dev.inboard.spi.BlockingCalls;
import dev.inboard.spi.ComponentSpec;
import dev.inboard.spi.Feature;
import dev.inboard.spi.secrets.SecretStoreDriver;
import dev.inboard.spi.secrets.StoredSecret;
import io.fabric8.kubernetes.api.model.ListOptions;
import io.fabric8.kubernetes.api.model.ListOptionsBuilder;
import io.fabric8.kubernetes.api.model.SecretList;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.io.File;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads the Secret objects of one cluster. Reads nothing twice and keeps nothing. */
final class KubernetesSecretStoreDriver implements SecretStoreDriver {
  private static final int MOST_AT_A_TIME = 8;
  private static final long PAGE = 200;
  private static final Pattern NAME = Pattern.compile("[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?");

  private final String component;
  private final @Nullable String namespace;
  private final KubernetesFailures failures;
  private final BlockingCalls calls;
  private final KubernetesClient client;
  private final long timeoutMillis;

  private KubernetesSecretStoreDriver(ComponentSpec spec, @Nullable String environmentNamespace) {
    component = spec.label();
    failures = new KubernetesFailures(component);
    calls = new BlockingCalls(spec, MOST_AT_A_TIME, failures::of);
    timeoutMillis = spec.get(KubernetesSecretStoreProvider.TIMEOUT).toMillis();
    Config config = calls.callHere("open", () -> config(spec));
    String given = spec.get(KubernetesSecretStoreProvider.DEFAULT_NAMESPACE);
    namespace =
        environmentNamespace != null && !environmentNamespace.isBlank()
            ? environmentNamespace
            : given != null ? given : config.getNamespace();
    client = calls.callHere("open", () -> new KubernetesClientBuilder().withConfig(config).build());
  }

  private Config config(ComponentSpec spec) {
    String file = spec.get(KubernetesSecretStoreProvider.KUBECONFIG);
    if (file != null && !Files.isReadable(Path.of(file))) {
      throw failures.failure(
          ErrorCode.INVALID_ARGUMENT,
          "open",
          "the file '" + file + "' cannot be read; correct 'kubeconfigPath'",
          null);
    }
    int timeout = Math.toIntExact(Math.min(timeoutMillis, Integer.MAX_VALUE));
    return new ConfigBuilder(
            file == null ? Config.autoConfigure(null) : Config.fromKubeconfig(new File(file)))
        .withRequestTimeout(timeout)
        .withConnectionTimeout(timeout)
        .withRequestRetryBackoffLimit(0) // the runtime does it
        .build();
  }

  /** Opens the store when the server answers and accepts the credentials. */
  static KubernetesSecretStoreDriver open(
      ComponentSpec spec, @Nullable String environmentNamespace) {
    KubernetesSecretStoreDriver driver =
        new KubernetesSecretStoreDriver(spec, environmentNamespace);
    try {
      driver.calls.callHere("open", driver::probe);
      return driver;
    } catch (RuntimeException e) {
      driver.close();
      throw e;
    }
  }

  /** Every service account may ask for the version, so an answer shows that it is known. */
  private @Nullable Void probe() throws Exception {
    var unused = whole(client::getKubernetesVersion);
    return null;
  }

  /** Sends a request on this thread. The client's own limit ends with the headers of the answer. */
  private <T extends @Nullable Object> T whole(Callable<T> request) throws Exception {
    FutureTask<T> task = new FutureTask<>(request);
    CompletableFuture<Void> limit =
        new CompletableFuture<Void>().completeOnTimeout(null, timeoutMillis, TimeUnit.MILLISECONDS);
    CompletableFuture<Void> unused = limit.thenRun(() -> task.cancel(true));
    task.run();
    limit.cancel(false);
    try {
      return task.get();
    } catch (CancellationException e) {
      boolean unusedMark = Thread.interrupted(); // it was meant for the request
      throw new KubernetesClientException("the answer stopped midway", new TimeoutException());
    } catch (ExecutionException e) {
      throw e.getCause() instanceof Exception failure ? failure : e;
    }
  }

  @Override
  public Set<Feature> features() {
    return Set.of(Feature.MULTIPLE_VALUES_PER_SECRET);
  }

  @Override
  public CompletionStage<Void> ping() {
    return calls.call("ping", this::probe);
  }

  @Override
  public CompletionStage<StoredSecret> get(String name, Map<String, String> metadata) {
    String operation = "get secret '" + name + "'";
    return calls.call(
        operation,
        () -> {
          check(operation, "secret", name);
          String where = namespace(operation, metadata);
          var found = whole(() -> client.secrets().inNamespace(where).withName(name).get());
          if (found == null) {
            throw failures.failure(
                ErrorCode.NOT_FOUND,
                operation,
                "there is no such secret in namespace '" + where + "'; create it, or name another",
                null);
          }
          return secret(found);
        });
  }

  @Override
  public CompletionStage<Map<String, StoredSecret>> getBulk(Map<String, String> metadata) {
    String operation = "get all secrets";
    return calls.call(
        operation,
        () -> {
          String where = namespace(operation, metadata);
          Map<String, StoredSecret> all = new LinkedHashMap<>();
          String next = null;
          do {
            ListOptions options =
                new ListOptionsBuilder().withLimit(PAGE).withContinue(next).build();
            SecretList page = whole(() -> client.secrets().inNamespace(where).list(options));
            page.getItems().forEach(item -> all.put(item.getMetadata().getName(), secret(item)));
            next = page.getMetadata().getContinue();
          } while (next != null && !next.isEmpty());
          return all;
        });
  }

  private String namespace(String operation, Map<String, String> metadata) {
    String asked = metadata.getOrDefault("namespace", "");
    String where = asked.isEmpty() ? namespace : asked;
    if (where == null) {
      throw failures.failure(
          ErrorCode.INVALID_ARGUMENT,
          operation,
          "nobody says in which namespace; give 'defaultNamespace', the variable NAMESPACE, or the request metadata"
              + " 'namespace'",
          null);
    }
    check(operation, "namespace", where);
    return where;
  }

  private void check(String operation, String what, String name) {
    if (!NAME.matcher(name).matches()) {
      throw failures.failure(
          ErrorCode.INVALID_ARGUMENT,
          operation,
          "no " + what + " can have this name: it consists of a-z, 0-9, '-' and '.'",
          null);
    }
  }

  private static StoredSecret secret(io.fabric8.kubernetes.api.model.Secret object) {
    Map<String, Secret> values = new LinkedHashMap<>();
    if (object.getData() != null) {
      object.getData().forEach((key, value) -> values.put(key, Secret.of(text(value))));
    }
    return new StoredSecret(values, null, null);
  }

  /** Returns what the bytes say; where they are no text, their Base64 as the server gave it. */
  private static String text(String base64) {
    byte[] bytes = Base64.getDecoder().decode(base64);
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException e) {
      return base64;
    }
  }

  @Override
  public void close() {
    calls.close();
    client.close();
  }

  @Override
  public String toString() {
    return component;
  }
}
