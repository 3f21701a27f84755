package dev.inboard.internal.secrets;

import dev.inboard.internal.resources.ConfigurationResource.SecretScope;
import dev.inboard.internal.runtime.DriverCalls;
import dev.inboard.internal.runtime.OpenedComponent;
import dev.inboard.secrets.AsyncSecretStore;
import dev.inboard.secrets.SecretEntry;
import dev.inboard.secrets.SecretStore;
import dev.inboard.spi.secrets.SecretStoreDriver;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** A secret store over the driver of one component. Safe for use by many threads. */
public final class DefaultSecretStore implements SecretStore {
  private final String name;
  private final SecretRequests requests;
  private final DriverCalls<SecretStoreDriver> calls;
  private final AsyncSecretStore async = new Async();

  /**
   * Makes a store.
   *
   * @param scope what the application may read; null: everything
   */
  public DefaultSecretStore(
      OpenedComponent<SecretStoreDriver> component, @Nullable SecretScope scope) {
    name = component.spec().name();
    requests = new SecretRequests(component.label(), scope);
    calls = new DriverCalls<>(component, null);
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public SecretEntry get(String name) {
    return get(name, Map.of());
  }

  @Override
  public SecretEntry get(String name, Map<String, String> metadata) {
    return calls.await(requests.get(name, metadata));
  }

  @Override
  public SecretEntry getVersion(String name, String version) {
    return calls.await(requests.getVersion(name, version));
  }

  @Override
  public Map<String, SecretEntry> getBulk() {
    return getBulk(Map.of());
  }

  @Override
  public Map<String, SecretEntry> getBulk(Map<String, String> metadata) {
    return calls.await(requests.getBulk(metadata));
  }

  @Override
  public AsyncSecretStore async() {
    return async;
  }

  private final class Async implements AsyncSecretStore {
    @Override
    public CompletableFuture<SecretEntry> get(String name) {
      return get(name, Map.of());
    }

    @Override
    public CompletableFuture<SecretEntry> get(String name, Map<String, String> metadata) {
      return calls.start(() -> requests.get(name, metadata));
    }

    @Override
    public CompletableFuture<SecretEntry> getVersion(String name, String version) {
      return calls.start(() -> requests.getVersion(name, version));
    }

    @Override
    public CompletableFuture<Map<String, SecretEntry>> getBulk() {
      return getBulk(Map.of());
    }

    @Override
    public CompletableFuture<Map<String, SecretEntry>> getBulk(Map<String, String> metadata) {
      return calls.start(() -> requests.getBulk(metadata));
    }
  }
}
