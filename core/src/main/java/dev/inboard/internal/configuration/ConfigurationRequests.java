package dev.inboard.internal.configuration;

import dev.inboard.common.ErrorCode;
import dev.inboard.common.InboardException;
import dev.inboard.configuration.ConfigurationItem;
import dev.inboard.internal.runtime.Request;
import dev.inboard.spi.Feature;
import dev.inboard.spi.configuration.ConfigurationDriver;
import dev.inboard.spi.configuration.StoredItem;
import dev.inboard.spi.configuration.WritableConfigurationDriver;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Checks what is asked of a configuration store, and reads the answers. */
final class ConfigurationRequests {
  private static final String RESERVED = "||";

  private final String component;

  ConfigurationRequests(String component) {
    this.component = component;
  }

  Request<ConfigurationDriver, Map<String, StoredItem>, Optional<ConfigurationItem>> get(
      String key) {
    Set<String> keys = Set.of(checked("get", key));
    return new Request<>(
        "get",
        key,
        true,
        driver -> driver.get(keys),
        items -> Optional.ofNullable(items.get(key)).map(item -> item(key, item)));
  }

  Request<ConfigurationDriver, Map<String, StoredItem>, Map<String, ConfigurationItem>> get(
      Collection<String> keys) {
    Set<String> asked = checked("get", keys);
    return new Request<>(
        "get of " + asked.size() + " keys",
        null,
        true,
        driver -> asked.isEmpty() ? CompletableFuture.completedFuture(Map.of()) : driver.get(asked),
        ConfigurationRequests::items);
  }

  Request<ConfigurationDriver, Map<String, StoredItem>, Map<String, ConfigurationItem>> getAll() {
    return new Request<>(
        "get all", null, true, driver -> driver.get(Set.of()), ConfigurationRequests::items);
  }

  /** Returns the keys of a subscription. */
  Set<String> watched(Collection<String> keys) {
    Set<String> checked = checked("subscribe", keys);
    if (checked.isEmpty()) {
      throw refused("subscribe", "no key is named; name some, or use subscribeAll");
    }
    return checked;
  }

  Request<ConfigurationDriver, Void, Void> set(String key, String value, String version) {
    checked("set", key);
    String operation = "set '" + key + "'";
    if (value == null || value.isEmpty()) {
      throw refused(
          operation, "the value is empty, which stores cannot tell from no item; use delete");
    }
    if (version == null || value.contains(RESERVED) || version.contains(RESERVED)) {
      throw refused(
          operation,
          "value and version must not contain '||', which stands between them in stores");
    }
    return write("set", key, driver -> driver.set(key, value, version));
  }

  Request<ConfigurationDriver, Void, Void> delete(String key) {
    checked("delete", key);
    return write("delete", key, driver -> driver.delete(key));
  }

  private Request<ConfigurationDriver, Void, Void> write(
      String verb, String key, Function<WritableConfigurationDriver, CompletionStage<Void>> write) {
    return new Request<>(
        verb,
        key,
        driver -> {
          if (driver instanceof WritableConfigurationDriver writable
              && driver.features().contains(Feature.CONFIGURATION_WRITES)) {
            return write.apply(writable);
          }
          throw new InboardException(
              ErrorCode.UNSUPPORTED,
              component,
              verb + " '" + key + "'",
              "this store can only be read; change the item where the store keeps it");
        },
        Function.identity());
  }

  private Set<String> checked(String verb, Collection<String> keys) {
    Set<String> checked = new LinkedHashSet<>();
    for (String key : keys) {
      checked.add(checked(verb, key));
    }
    return Collections.unmodifiableSet(checked);
  }

  private String checked(String verb, @Nullable String key) {
    if (key == null || key.isEmpty()) {
      throw refused(verb, "a key is empty; name an item");
    }
    return key;
  }

  private InboardException refused(String operation, String reason) {
    return new InboardException(ErrorCode.INVALID_ARGUMENT, component, operation, reason);
  }

  static Map<String, ConfigurationItem> items(Map<String, StoredItem> stored) {
    Map<String, ConfigurationItem> items = new LinkedHashMap<>();
    stored.forEach((key, item) -> items.put(key, item(key, item)));
    return Collections.unmodifiableMap(items);
  }

  static ConfigurationItem item(String key, StoredItem item) {
    return new ConfigurationItem(key, item.value(), item.version(), item.metadata());
  }
}
