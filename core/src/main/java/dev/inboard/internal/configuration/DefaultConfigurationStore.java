package dev.inboard.internal.configuration;

import dev.inboard.configuration.AsyncConfigurationStore;
import dev.inboard.configuration.ConfigurationHandler;
import dev.inboard.configuration.ConfigurationItem;
import dev.inboard.configuration.ConfigurationStore;
import dev.inboard.configuration.ConfigurationSubscription;
import dev.inboard.internal.runtime.DriverCalls;
import dev.inboard.internal.runtime.OpenedComponent;
import dev.inboard.internal.runtime.RuntimeContext;
import dev.inboard.spi.configuration.ConfigurationDriver;
import java.util.Collection;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;

/** A configuration store over the driver of one component. Safe for use by many threads. */
public final class DefaultConfigurationStore implements ConfigurationStore {
  private final OpenedComponent<ConfigurationDriver> component;
  private final RuntimeContext context;
  private final ConfigurationRequests requests;
  private final DriverCalls<ConfigurationDriver> calls;
  private final Set<RunningConfigurationSubscription> subscriptions = ConcurrentHashMap.newKeySet();
  private final AsyncConfigurationStore async = new Async();

  /** Makes a store. */
  public DefaultConfigurationStore(
      OpenedComponent<ConfigurationDriver> component, RuntimeContext context) {
    this.component = component;
    this.context = context;
    this.requests = new ConfigurationRequests(component.label());
    this.calls = new DriverCalls<>(component);
  }

  @Override
  public String name() {
    return component.spec().name();
  }

  @Override
  public Optional<ConfigurationItem> get(String key) {
    return calls.await(requests.get(key));
  }

  @Override
  public Map<String, ConfigurationItem> get(Collection<String> keys) {
    return calls.await(requests.get(keys));
  }

  @Override
  public Map<String, ConfigurationItem> getAll() {
    return calls.await(requests.getAll());
  }

  @Override
  public ConfigurationSubscription subscribe(
      Collection<String> keys, ConfigurationHandler handler) {
    return begun(requests.watched(keys), handler);
  }

  @Override
  public ConfigurationSubscription subscribeAll(ConfigurationHandler handler) {
    return begun(Set.of(), handler);
  }

  private ConfigurationSubscription begun(Set<String> keys, ConfigurationHandler handler) {
    RunningConfigurationSubscription subscription = subscription(keys, handler);
    try {
      return calls.await(subscription.request());
    } catch (RuntimeException e) {
      subscription.close(); // it may come to stand all the same
      throw e;
    }
  }

  private RunningConfigurationSubscription subscription(
      Set<String> keys, ConfigurationHandler handler) {
    RunningConfigurationSubscription subscription =
        new RunningConfigurationSubscription(
            component,
            keys,
            Objects.requireNonNull(handler, "handler"),
            context,
            subscriptions::remove);
    subscriptions.add(subscription);
    return subscription;
  }

  /**
   * Lets every subscription hear from the driver that is in charge now.
   *
   * @return fails when that one cannot be subscribed to
   */
  public CompletableFuture<Void> driverReplaced() {
    return CompletableFuture.allOf(
        subscriptions.stream()
            .map(subscription -> calls.start(subscription::request))
            .toArray(CompletableFuture<?>[]::new));
  }

  /** Ends every subscription. Completes when their handlers have returned. */
  public CompletableFuture<Void> stop() {
    return CompletableFuture.allOf(
        subscriptions.stream()
            .map(RunningConfigurationSubscription::stop)
            .toArray(CompletableFuture<?>[]::new));
  }

  @Override
  public void set(String key, String value, String version) {
    calls.await(requests.set(key, value, version));
  }

  @Override
  public void delete(String key) {
    calls.await(requests.delete(key));
  }

  @Override
  public AsyncConfigurationStore async() {
    return async;
  }

  private final class Async implements AsyncConfigurationStore {
    @Override
    public CompletableFuture<Optional<ConfigurationItem>> get(String key) {
      return calls.start(() -> requests.get(key));
    }

    @Override
    public CompletableFuture<Map<String, ConfigurationItem>> get(Collection<String> keys) {
      return calls.start(() -> requests.get(keys));
    }

    @Override
    public CompletableFuture<Map<String, ConfigurationItem>> getAll() {
      return calls.start(requests::getAll);
    }

    @Override
    public CompletableFuture<ConfigurationSubscription> subscribe(
        Collection<String> keys, ConfigurationHandler handler) {
      try {
        return begin(requests.watched(keys), handler);
      } catch (RuntimeException e) {
        return CompletableFuture.failedFuture(e);
      }
    }

    @Override
    public CompletableFuture<ConfigurationSubscription> subscribeAll(ConfigurationHandler handler) {
      return begin(Set.of(), handler);
    }

    private CompletableFuture<ConfigurationSubscription> begin(
        Set<String> keys, ConfigurationHandler handler) {
      RunningConfigurationSubscription subscription = subscription(keys, handler);
      CompletableFuture<ConfigurationSubscription> standing = calls.start(subscription::request);
      var unused =
          standing.whenComplete(
              (done, failure) -> {
                if (failure != null) { // it failed, or the application cancelled the future
                  var ignored = subscription.stop();
                }
              });
      return standing;
    }

    @Override
    public CompletableFuture<Void> set(String key, String value, String version) {
      return calls.start(() -> requests.set(key, value, version));
    }

    @Override
    public CompletableFuture<Void> delete(String key) {
      return calls.start(() -> requests.delete(key));
    }
  }
}
