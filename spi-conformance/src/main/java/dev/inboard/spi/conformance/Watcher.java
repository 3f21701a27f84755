package dev.inboard.spi.conformance;

import static org.awaitility.Awaitility.await;

import dev.inboard.spi.configuration.ConfigurationReceiver;
import dev.inboard.spi.configuration.StoredItem;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Remembers what it was told of the items of one watch. */
final class Watcher implements ConfigurationReceiver {
  private final Map<String, StoredItem> known = new HashMap<>(); // guarded by itself
  private final AtomicInteger inside = new AtomicInteger();
  private final List<String> faults = new CopyOnWriteArrayList<>();
  private volatile boolean begun;

  @Override
  public void changed(Map<String, @Nullable StoredItem> items) {
    alone(
        () -> {
          if (!begun) {
            faults.add("was told of a change before it was told of everything");
          }
          items.forEach(
              (key, item) -> {
                if (item == null) {
                  known.remove(key);
                } else {
                  known.put(key, item);
                }
              });
        });
  }

  @Override
  public void reset(Map<String, StoredItem> items) {
    alone(
        () -> {
          begun = true;
          known.clear();
          known.putAll(items);
        });
  }

  private void alone(Runnable note) {
    if (inside.incrementAndGet() > 1) {
      faults.add("was called while it was called");
    }
    synchronized (known) {
      note.run();
    }
    inside.decrementAndGet();
  }

  boolean hasBegun() {
    return begun;
  }

  Map<String, StoredItem> items() {
    synchronized (known) {
      return Map.copyOf(known);
    }
  }

  void awaitItems(String what, Predicate<Map<String, StoredItem>> condition) {
    await(what).atMost(Answers.PATIENCE).until(this::items, condition);
  }

  void awaitValue(String key, String value, String version) {
    awaitItems(
        key + " is " + value, items -> new StoredItem(value, version).equals(items.get(key)));
  }

  void awaitAbsent(String key) {
    awaitItems(key + " is gone", items -> !items.containsKey(key));
  }

  List<String> faults() {
    return faults;
  }
}
