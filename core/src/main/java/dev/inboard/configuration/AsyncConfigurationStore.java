package dev.inboard.configuration;

import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * The verbs of {@link ConfigurationStore} without blocking.
 *
 * <p>Nothing is thrown; every future that fails does so with an {@link
 * dev.inboard.common.InboardException}, bad arguments included. Functions attached without an
 * executor may run on the thread of the store's client: do not block in them.
 */
public interface AsyncConfigurationStore {
  /** See {@link ConfigurationStore#get(String)}. */
  CompletableFuture<Optional<ConfigurationItem>> get(String key);

  /** See {@link ConfigurationStore#get(Collection)}. */
  CompletableFuture<Map<String, ConfigurationItem>> get(Collection<String> keys);

  /** See {@link ConfigurationStore#getAll}. */
  CompletableFuture<Map<String, ConfigurationItem>> getAll();

  /** See {@link ConfigurationStore#subscribe}. */
  CompletableFuture<ConfigurationSubscription> subscribe(
      Collection<String> keys, ConfigurationHandler handler);

  /** See {@link ConfigurationStore#subscribeAll}. */
  CompletableFuture<ConfigurationSubscription> subscribeAll(ConfigurationHandler handler);

  /** See {@link ConfigurationStore#set}. */
  CompletableFuture<Void> set(String key, String value, String version);

  /** See {@link ConfigurationStore#delete}. */
  CompletableFuture<Void> delete(String key);
}
