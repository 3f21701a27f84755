package dev.inboard.redis;

import dev.inboard.spi.configuration.ConfigurationReceiver;
import dev.inboard.spi.configuration.ConfigurationWatch;
import dev.inboard.spi.configuration.StoredItem;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One watch: reads again what may have changed, one read at a time, until nothing may have.
 *
 * <p>Whoever hears of a change says only which key; what the key holds is what a read finds that
 * begins afterwards. So neither the order of the news matters nor how often it comes.
 */
final class RedisConfigurationWatch implements ConfigurationWatch {
  private final Set<String> keys;
  private final ConfigurationReceiver receiver;
  private final ConfigurationReads reads;
  private final Consumer<RedisConfigurationWatch> onEnd;
  private final Consumer<Runnable> later;

  // Guarded by this.
  private final Set<String> stale = new HashSet<>();
  private boolean allStale;
  private boolean reading; // true from the first read on while one is under way
  private boolean begun;
  private boolean ended;

  /**
   * Makes a watch that has read nothing yet.
   *
   * @param keys none: all
   * @param later runs a task after a pause, to read again after a failure
   */
  RedisConfigurationWatch(
      Set<String> keys,
      ConfigurationReceiver receiver,
      ConfigurationReads reads,
      Consumer<RedisConfigurationWatch> onEnd,
      Consumer<Runnable> later) {
    this.keys = Set.copyOf(keys);
    this.receiver = receiver;
    this.reads = reads;
    this.onEnd = onEnd;
    this.later = later;
  }

  /** Returns what it watches; nothing: all. */
  Set<String> keys() {
    return keys;
  }

  /** Reads everything for the first time. What changes from now on is read again afterwards. */
  CompletionStage<ConfigurationWatch> begin() {
    synchronized (this) {
      begun = true;
      reading = true;
    }
    return everything()
        .thenApply(
            items -> {
              receiver.reset(items);
              done();
              return this;
            });
  }

  private CompletionStage<Map<String, StoredItem>> everything() {
    return keys.isEmpty() ? reads.all() : reads.some(keys);
  }

  /** Says that a key may have changed. */
  void touch(String key) {
    synchronized (this) {
      if (!begun || ended || !(keys.isEmpty() || keys.contains(key))) {
        return;
      }
      stale.add(key);
    }
    readOn();
  }

  /** Says that any key may have changed. */
  void touchAll() {
    synchronized (this) {
      if (!begun || ended) {
        return;
      }
      allStale = true;
    }
    readOn();
  }

  private void done() {
    synchronized (this) {
      reading = false;
    }
    readOn();
  }

  private void readOn() {
    Set<String> some;
    synchronized (this) {
      if (reading || ended || (stale.isEmpty() && !allStale)) {
        return;
      }
      reading = true;
      some = allStale ? null : Set.copyOf(stale);
      stale.clear();
      allStale = false;
    }
    CompletionStage<Void> told =
        some == null
            ? everything().thenAccept(this::tellAll)
            : reads.some(some).thenAccept(items -> tell(some, items));
    CompletableFuture<Void> unused =
        told.toCompletableFuture()
            .whenComplete(
                (done, failure) -> {
                  if (failure == null) {
                    done();
                  } else {
                    readAgainLater(some);
                  }
                });
  }

  private void tellAll(Map<String, StoredItem> items) {
    if (!isOver()) {
      receiver.reset(items);
    }
  }

  private void tell(Set<String> some, Map<String, StoredItem> items) {
    Map<String, @Nullable StoredItem> all = new HashMap<>();
    some.forEach(key -> all.put(key, items.get(key)));
    if (!isOver()) {
      receiver.changed(all);
    }
  }

  private synchronized boolean isOver() {
    return ended;
  }

  private void readAgainLater(@Nullable Set<String> some) {
    synchronized (this) {
      if (some == null) {
        allStale = true;
      } else {
        stale.addAll(some);
      }
    }
    later.accept(this::done);
  }

  @Override
  public void close() {
    synchronized (this) {
      if (ended) {
        return;
      }
      ended = true;
    }
    onEnd.accept(this);
  }
}
