package dev.inboard.local;

import dev.inboard.common.ErrorCode;
import dev.inboard.common.InboardException;
import dev.inboard.spi.Feature;
import dev.inboard.spi.configuration.ConfigurationReceiver;
import dev.inboard.spi.configuration.ConfigurationWatch;
import dev.inboard.spi.configuration.StoredItem;
import dev.inboard.spi.configuration.WritableConfigurationDriver;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Items of one component. Every method holds its lock, so receivers hear of changes in order. */
final class InMemoryConfigurationDriver implements WritableConfigurationDriver {
  private final String component;
  private final Map<String, StoredItem> items;
  private final Set<Watch> watches = new HashSet<>();
  private boolean closed;

  InMemoryConfigurationDriver(String component, Map<String, StoredItem> items) {
    this.component = component;
    this.items = new HashMap<>(items);
  }

  @Override
  public Set<Feature> features() {
    return Set.of(Feature.CONFIGURATION_WRITES);
  }

  @Override
  public CompletionStage<Void> ping() {
    return answer("ping", () -> null);
  }

  @Override
  public CompletionStage<Map<String, StoredItem>> get(Set<String> keys) {
    return answer("get", () -> those(keys));
  }

  private Map<String, StoredItem> those(Set<String> keys) {
    Map<String, StoredItem> those = new HashMap<>(items);
    if (!keys.isEmpty()) {
      those.keySet().retainAll(keys);
    }
    return those;
  }

  @Override
  public CompletionStage<ConfigurationWatch> watch(
      Set<String> keys, ConfigurationReceiver receiver) {
    return answer(
        "watch",
        () -> {
          Watch watch = new Watch(Set.copyOf(keys), receiver);
          watches.add(watch);
          receiver.reset(those(keys));
          return watch;
        });
  }

  @Override
  public CompletionStage<Void> set(String key, String value, String version) {
    return answer("set '" + key + "'", () -> write(key, new StoredItem(value, version)));
  }

  @Override
  public CompletionStage<Void> delete(String key) {
    return answer("delete '" + key + "'", () -> write(key, null));
  }

  private @Nullable Void write(String key, @Nullable StoredItem item) {
    if (item == null) {
      items.remove(key);
    } else {
      items.put(key, item);
    }
    Map<String, @Nullable StoredItem> change = Collections.singletonMap(key, item);
    watches.stream()
        .filter(watch -> watch.keys.isEmpty() || watch.keys.contains(key))
        .forEach(watch -> watch.receiver.changed(change));
    return null;
  }

  private synchronized <T extends @Nullable Object> CompletionStage<T> answer(
      String operation, Supplier<T> answer) {
    return closed
        ? CompletableFuture.failedFuture(
            new InboardException(
                ErrorCode.CANCELLED, component, operation, "the component is closed"))
        : CompletableFuture.completedFuture(answer.get());
  }

  @Override
  public synchronized void close() {
    closed = true;
    watches.clear();
    items.clear();
  }

  private final class Watch implements ConfigurationWatch {
    private final Set<String> keys;
    private final ConfigurationReceiver receiver;

    Watch(Set<String> keys, ConfigurationReceiver receiver) {
      this.keys = keys;
      this.receiver = receiver;
    }

    @Override
    public void close() {
      synchronized (InMemoryConfigurationDriver.this) {
        watches.remove(this);
      }
    }
  }
}
