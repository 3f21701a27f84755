package dev.inboard.internal.secrets;

import dev.inboard.common.ErrorCode;
import dev.inboard.common.InboardException;
import dev.inboard.internal.resources.ConfigurationResource.SecretScope;
import dev.inboard.internal.runtime.Derived;
import dev.inboard.internal.runtime.DriverCalls;
import dev.inboard.internal.runtime.OpenedComponent;
import dev.inboard.internal.runtime.RuntimeContext;
import dev.inboard.secrets.AsyncSecretStore;
import dev.inboard.secrets.SecretEntry;
import dev.inboard.secrets.SecretListener;
import dev.inboard.secrets.SecretStore;
import dev.inboard.secrets.SecretWatch;
import dev.inboard.spi.secrets.SecretStoreDriver;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** A secret store over the driver of one component. Safe for use by many threads. */
public final class DefaultSecretStore implements SecretStore {
  private final String name;
  private final OpenedComponent<SecretStoreDriver> component;
  private final Derived<SecretStoreDriver, SecretRequests> requests;
  private final DriverCalls<SecretStoreDriver> calls;
  private final RuntimeContext context;
  private final AsyncSecretStore async = new Async();

  /**
   * Makes a store.
   *
   * @param scope what the application may read; null: everything
   */
  public DefaultSecretStore(
      OpenedComponent<SecretStoreDriver> component,
      @Nullable SecretScope scope,
      RuntimeContext context) {
    name = component.spec().name();
    this.component = component;
    this.context = context;
    requests = new Derived<>(component, serving -> new SecretRequests(serving.spec(), scope));
    calls = new DriverCalls<>(component);
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
    return calls.await(requests.get().get(name, metadata));
  }

  @Override
  public SecretEntry getVersion(String name, String version) {
    return calls.await(requests.get().getVersion(name, version));
  }

  @Override
  public SecretEntry getFresh(String name) {
    return calls.await(requests.get().getFresh(name));
  }

  @Override
  public SecretWatch watch(String name, SecretListener listener) {
    if (component.spec().get(SecretOptions.REFRESH_INTERVAL).isZero()) {
      throw new InboardException(
          ErrorCode.UNSUPPORTED,
          component.label(),
          "watch '" + name + "'",
          "the component says refreshInterval: 0, so that nothing is read again; raise it");
    }
    SecretEntry first = getFresh(name);
    listener.changed(first);
    RunningWatch watch = new RunningWatch(first, component, async::getFresh, listener, context);
    watch.lookLater(first.expiresAt());
    return watch;
  }

  @Override
  public Map<String, SecretEntry> getBulk() {
    return getBulk(Map.of());
  }

  @Override
  public Map<String, SecretEntry> getBulk(Map<String, String> metadata) {
    return calls.await(requests.get().getBulk(metadata));
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
      return calls.start(() -> requests.get().get(name, metadata));
    }

    @Override
    public CompletableFuture<SecretEntry> getFresh(String name) {
      return calls.start(() -> requests.get().getFresh(name));
    }

    @Override
    public CompletableFuture<SecretEntry> getVersion(String name, String version) {
      return calls.start(() -> requests.get().getVersion(name, version));
    }

    @Override
    public CompletableFuture<Map<String, SecretEntry>> getBulk() {
      return getBulk(Map.of());
    }

    @Override
    public CompletableFuture<Map<String, SecretEntry>> getBulk(Map<String, String> metadata) {
      return calls.start(() -> requests.get().getBulk(metadata));
    }
  }
}
