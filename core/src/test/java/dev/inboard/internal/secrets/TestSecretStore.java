package dev.inboard.internal.secrets;

import dev.inboard.common.ErrorCode;
import dev.inboard.common.InboardException;
import dev.inboard.common.Secret;
import dev.inboard.internal.resources.ComponentResource;
import dev.inboard.internal.resources.ConfigurationResource.SecretScope;
import dev.inboard.internal.resources.Origin;
import dev.inboard.internal.runtime.OpenedComponent;
import dev.inboard.spi.ComponentSpec;
import dev.inboard.spi.Feature;
import dev.inboard.spi.secrets.SecretStoreDriver;
import dev.inboard.spi.secrets.StoredSecret;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** A secret store in memory, with versions or without. */
final class TestSecretStore implements SecretStoreDriver {
  final Map<String, StoredSecret> secrets = new TreeMap<>();
  final List<Map<String, String>> asked = new ArrayList<>();
  private final Set<Feature> features;
  private volatile boolean closed;

  TestSecretStore(Feature... features) {
    this.features = Set.of(features);
  }

  TestSecretStore with(String name, String version, Map<String, String> values) {
    Map<String, Secret> secret = new TreeMap<>();
    values.forEach((key, value) -> secret.put(key, Secret.of(value)));
    secrets.put(name, new StoredSecret(secret, version, null));
    return this;
  }

  OpenedComponent<SecretStoreDriver> opened() {
    ComponentResource resource =
        new ComponentResource(
            "vault",
            "secretstores.test",
            "v1",
            null,
            List.of(),
            null,
            List.of(),
            Duration.ofSeconds(5),
            false,
            new Origin("vault.yaml", 1));
    return new OpenedComponent<>(
        resource, ComponentSpec.of("vault", "secretstores.test", Map.of()), this);
  }

  DefaultSecretStore store() {
    return new DefaultSecretStore(opened(), null);
  }

  DefaultSecretStore store(SecretScope scope) {
    return new DefaultSecretStore(opened(), scope);
  }

  @Override
  public Set<Feature> features() {
    return features;
  }

  @Override
  public CompletionStage<StoredSecret> get(String name, Map<String, String> metadata) {
    asked.add(metadata);
    StoredSecret secret = secrets.get(name);
    if (closed) {
      return failed(ErrorCode.CANCELLED, "the component is closed");
    }
    return secret == null
        ? failed(ErrorCode.NOT_FOUND, "there is no such secret; create it")
        : CompletableFuture.completedFuture(secret);
  }

  @Override
  public CompletionStage<Map<String, StoredSecret>> getBulk(Map<String, String> metadata) {
    asked.add(metadata);
    return CompletableFuture.completedFuture(secrets);
  }

  private static <T> CompletionStage<T> failed(ErrorCode code, String reason) {
    return CompletableFuture.failedFuture(
        new InboardException(code, "vault (secretstores.test)", "read", reason));
  }

  @Override
  public void close() {
    closed = true;
  }
}
