package dev.inboard.internal.secrets;

import dev.inboard.common.ErrorCode;
import dev.inboard.common.InboardException;
import dev.inboard.common.Secret;
import dev.inboard.internal.json.Json;
import dev.inboard.internal.resources.ComponentResource;
import dev.inboard.internal.resources.ConfigurationResource.SecretScope;
import dev.inboard.internal.resources.Origin;
import dev.inboard.internal.runtime.OpenedComponent;
import dev.inboard.internal.runtime.RuntimeContext;
import dev.inboard.spi.CallingThread;
import dev.inboard.spi.ComponentSpec;
import dev.inboard.spi.Feature;
import dev.inboard.spi.secrets.SecretStoreDriver;
import dev.inboard.spi.secrets.StoredSecret;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import org.jspecify.annotations.Nullable;

/** A secret store in memory, with versions or without. */
final class TestSecretStore implements SecretStoreDriver {
  private static final ExecutorService HANDLERS =
      Executors.newCachedThreadPool(TestSecretStore::daemon);
  private static final ScheduledExecutorService TIMER =
      Executors.newSingleThreadScheduledExecutor(TestSecretStore::daemon);

  final Map<String, StoredSecret> secrets = new ConcurrentSkipListMap<>();
  final List<Map<String, String>> asked = new CopyOnWriteArrayList<>();
  final List<Boolean> waitedFor = new CopyOnWriteArrayList<>(); // what each call was told
  final Map<String, String> fields = new TreeMap<>();
  Clock clock = Clock.systemUTC();
  volatile @Nullable ErrorCode failure; // null: reads succeed
  volatile CompletionStage<Void> gate = CompletableFuture.completedStage(null); // reads wait for it
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
        resource,
        new ComponentSpec("vault", "secretstores.test", "v1", "app", "default", fields, clock),
        this);
  }

  private static Thread daemon(Runnable task) {
    Thread thread = new Thread(task, "secrets-test");
    thread.setDaemon(true);
    return thread;
  }

  RuntimeContext context() {
    return new RuntimeContext("app", null, clock, new Json(), HANDLERS, TIMER);
  }

  DefaultSecretStore store() {
    return new DefaultSecretStore(opened(), null, context());
  }

  DefaultSecretStore store(SecretScope scope) {
    return new DefaultSecretStore(opened(), scope, context());
  }

  @Override
  public Set<Feature> features() {
    return features;
  }

  @Override
  public CompletionStage<StoredSecret> get(String name, Map<String, String> metadata) {
    asked.add(metadata);
    waitedFor.add(CallingThread.waits());
    return gate.thenCompose(open -> answer(name));
  }

  private CompletionStage<StoredSecret> answer(String name) {
    StoredSecret secret = secrets.get(name);
    ErrorCode code = failure;
    if (code != null) {
      return failed(code, "the test says so");
    }
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
