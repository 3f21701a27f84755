package dev.inboard.configuration;

import java.util.Collection;
import java.util.Map;
import java.util.Optional;

/**
 * Reads configuration from the component that the resource file names, and hears of its changes.
 *
 * <pre>{@code
 * ConfigurationStore settings = inboard.configuration("settings");
 * String limit = settings.get("orders.limit").orElseThrow().value();
 * settings.subscribe(List.of("orders.limit"), update -> shop.limit(update.changed().get("orders.limit")));
 * }</pre>
 *
 * <h2>Keys</h2>
 *
 * Keys are the store's own: nothing is put before them, so applications that share a store share
 * its items.
 *
 * <h2>Threads</h2>
 *
 * Safe for use by many threads. Calls block until the store answers.
 *
 * <h2>Errors</h2>
 *
 * Every failure is an {@link dev.inboard.common.InboardException}; branch on its code.
 */
public interface ConfigurationStore {
  /** Returns the component's name. */
  String name();

  /**
   * Reads an item; empty when the key holds nothing.
   *
   * @param key not empty
   */
  Optional<ConfigurationItem> get(String key);

  /**
   * Reads items.
   *
   * @param keys none of them empty
   * @return by key, unmodifiable; a key that holds nothing is left out
   */
  Map<String, ConfigurationItem> get(Collection<String> keys);

  /** Reads every item of the store. On a server that others use for other things, that is a lot. */
  Map<String, ConfigurationItem> getAll();

  /**
   * Subscribes to items. When it returns, {@link ConfigurationSubscription#items} says what they
   * hold, and the handler hears of every change from then on: the latest value always arrives, also
   * when the connection was lost meanwhile; of values that follow each other quickly, some may be
   * left out.
   *
   * @param keys at least one, none of them empty; they need not hold anything yet
   */
  ConfigurationSubscription subscribe(Collection<String> keys, ConfigurationHandler handler);

  /** Subscribes to every item of the store, those to come included. */
  ConfigurationSubscription subscribeAll(ConfigurationHandler handler);

  /**
   * Writes an item, whether or not the key holds one.
   *
   * @param value not empty, without {@code ||}
   * @param version may be empty; without {@code ||}
   * @throws dev.inboard.common.InboardException {@code UNSUPPORTED} when the store can only be read
   */
  void set(String key, String value, String version);

  /**
   * Removes an item, if there is one.
   *
   * @throws dev.inboard.common.InboardException {@code UNSUPPORTED} when the store can only be read
   */
  void delete(String key);

  /** Returns the same verbs without blocking. */
  AsyncConfigurationStore async();
}
