package dev.inboard.internal.configuration;

import dev.inboard.configuration.ConfigurationHandler;
import dev.inboard.configuration.ConfigurationItem;
import dev.inboard.configuration.ConfigurationSubscription;
import dev.inboard.configuration.ConfigurationUpdate;
import dev.inboard.internal.runtime.OpenedComponent;
import dev.inboard.internal.runtime.Request;
import dev.inboard.internal.runtime.RuntimeContext;
import dev.inboard.spi.configuration.ConfigurationDriver;
import dev.inboard.spi.configuration.ConfigurationReceiver;
import dev.inboard.spi.configuration.ConfigurationWatch;
import dev.inboard.spi.configuration.StoredItem;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A subscription: what the store has told, and what of it the handler has not heard yet.
 *
 * <p>The driver may repeat itself; the handler hears of differences only. Only the latest value of
 * a key waits for it, so that a slow handler costs no memory.
 */
final class RunningConfigurationSubscription implements ConfigurationSubscription {
  private static final Logger LOG = LoggerFactory.getLogger(RunningConfigurationSubscription.class);
  private static final long LONGEST_PAUSE_SECONDS = 60;

  private final OpenedComponent<ConfigurationDriver> component;
  private final Set<String> keys;
  private final ConfigurationHandler handler;
  private final RuntimeContext context;
  private final Consumer<RunningConfigurationSubscription> onEnd;
  private final CompletableFuture<Void> ended = new CompletableFuture<>();
  private volatile Map<String, ConfigurationItem> items = Map.of(); // written under the lock
  private volatile @Nullable Thread handling; // written by the thread itself

  // Guarded by this.
  private final Map<String, Optional<ConfigurationItem>> unheard = new LinkedHashMap<>();
  private @Nullable ConfigurationWatch watch;
  private @Nullable Link link; // what the driver in charge tells; others tell what is past
  private boolean begun;
  private Work work = Work.NONE;
  private boolean closed;
  private int failures; // in a row

  private enum Work {
    NONE,
    /** A task is queued or at work. */
    UNDER_WAY,
    /** A failed handler waits to be told again. */
    PAUSED
  }

  RunningConfigurationSubscription(
      OpenedComponent<ConfigurationDriver> component,
      Set<String> keys,
      ConfigurationHandler handler,
      RuntimeContext context,
      Consumer<RunningConfigurationSubscription> onEnd) {
    this.component = component;
    this.keys = keys;
    this.handler = handler;
    this.context = context;
    this.onEnd = onEnd;
  }

  /**
   * Begins to watch at the driver in charge. Carried out again after another one has taken over,
   * the handler hears of what differs there.
   */
  Request<ConfigurationDriver, ConfigurationSubscription, ConfigurationSubscription> request() {
    return new Request<>(
        keys.isEmpty() ? "subscribe to all keys" : "subscribe to " + keys.size() + " keys",
        null,
        driver -> driver.watch(keys, linked()).thenApply(this::standing),
        subscription -> subscription);
  }

  private synchronized Link linked() {
    Link made = new Link();
    link = made;
    return made;
  }

  private ConfigurationSubscription standing(ConfigurationWatch made) {
    ConfigurationWatch superseded;
    synchronized (this) {
      superseded = closed ? made : watch;
      watch = closed ? null : made;
    }
    if (superseded != null) {
      superseded.close();
    }
    return this;
  }

  @Override
  public Map<String, ConfigurationItem> items() {
    return items;
  }

  /** What one driver tells. */
  private final class Link implements ConfigurationReceiver {
    @Override
    public void changed(Map<String, @Nullable StoredItem> told) {
      told(this, () -> noteChanges(told));
    }

    @Override
    public void reset(Map<String, StoredItem> told) {
      told(this, () -> noteAll(told));
    }
  }

  private synchronized void told(Link by, Runnable note) {
    if (by == link) {
      note.run();
    }
  }

  private void noteChanges(Map<String, @Nullable StoredItem> told) {
    Map<String, ConfigurationItem> next = new HashMap<>(items);
    for (Map.Entry<String, @Nullable StoredItem> one : told.entrySet()) {
      StoredItem stored = one.getValue();
      note(
          next,
          one.getKey(),
          stored == null ? null : ConfigurationRequests.item(one.getKey(), stored));
    }
    know(next);
  }

  private void noteAll(Map<String, StoredItem> told) {
    Map<String, ConfigurationItem> all = ConfigurationRequests.items(told);
    Map<String, ConfigurationItem> next = new HashMap<>(items);
    if (begun) {
      all.forEach((key, item) -> note(next, key, item));
      items.keySet().stream()
          .filter(key -> !all.containsKey(key))
          .forEach(key -> note(next, key, null));
    } else {
      begun = true;
      next.putAll(all);
    }
    know(next);
  }

  private void note(
      Map<String, ConfigurationItem> next, String key, @Nullable ConfigurationItem item) {
    ConfigurationItem before = item == null ? next.remove(key) : next.put(key, item);
    if (item == null ? before != null : !item.equals(before)) {
      unheard.put(key, Optional.ofNullable(item));
    }
  }

  private void know(Map<String, ConfigurationItem> next) {
    items = Map.copyOf(next);
    if (!unheard.isEmpty() && work == Work.NONE && !closed) {
      hand();
    }
  }

  /** Hands what is unheard to a handler thread. The caller has the lock. */
  private void hand() {
    work = Work.UNDER_WAY;
    try {
      context.handlers().execute(this::work);
    } catch (RejectedExecutionException e) { // the runtime is closing
      end();
    }
  }

  /** Says that no task is left. The caller has the lock. */
  private void end() {
    work = Work.NONE;
    if (closed) {
      ended.complete(null);
    }
  }

  private void work() {
    handling = Thread.currentThread();
    Map<String, Optional<ConfigurationItem>> next = take();
    try {
      while (next != null) {
        handler.changed(update(next));
        next = takeAfterSuccess();
      }
    } catch (Exception e) {
      tryLater(next == null ? Map.of() : next, e);
    } catch (Error e) {
      synchronized (this) {
        end();
      }
      throw e;
    } finally {
      handling = null;
    }
  }

  /** Takes what the handler has not heard; null when there is nothing, and this task is over. */
  private synchronized @Nullable Map<String, Optional<ConfigurationItem>> take() {
    if (closed || unheard.isEmpty()) {
      end();
      return null;
    }
    Map<String, Optional<ConfigurationItem>> taken = new LinkedHashMap<>(unheard);
    unheard.clear();
    return taken;
  }

  private synchronized @Nullable Map<String, Optional<ConfigurationItem>> takeAfterSuccess() {
    failures = 0;
    return take();
  }

  private static ConfigurationUpdate update(Map<String, Optional<ConfigurationItem>> changes) {
    Map<String, ConfigurationItem> changed = new HashMap<>();
    Set<String> removed = new HashSet<>();
    changes.forEach(
        (key, item) ->
            item.ifPresentOrElse(there -> changed.put(key, there), () -> removed.add(key)));
    return new ConfigurationUpdate(changed, removed);
  }

  /** Keeps what the handler failed at, unless something newer has come. */
  private synchronized void tryLater(
      Map<String, Optional<ConfigurationItem>> changes, Exception failure) {
    changes.forEach(unheard::putIfAbsent);
    if (closed) {
      end();
      return;
    }
    long pause = Math.min(LONGEST_PAUSE_SECONDS, 1L << Math.min(failures++, 10));
    LOG.warn(
        "{}: the handler of a configuration subscription failed at a change of {}; it is told again in {} s",
        component.label(),
        changes.keySet(),
        pause,
        failure);
    work = Work.PAUSED;
    try {
      Future<?> unused = context.timer().schedule(this::wake, pause, TimeUnit.SECONDS);
    } catch (RejectedExecutionException e) { // the runtime is closing
      end();
    }
  }

  private synchronized void wake() {
    if (work == Work.PAUSED && !closed) {
      hand();
    }
  }

  /** Ends the subscription. Completes when the handler has returned. */
  CompletableFuture<Void> stop() {
    ConfigurationWatch last;
    synchronized (this) {
      closed = true;
      last = watch;
      watch = null;
      if (work != Work.UNDER_WAY) {
        end();
      }
    }
    if (last != null) {
      last.close();
    }
    onEnd.accept(this);
    return ended;
  }

  @Override
  public void close() {
    CompletableFuture<Void> end = stop();
    if (handling == Thread.currentThread()) {
      return; // it would wait for itself
    }
    try {
      end.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (ExecutionException e) {
      throw new IllegalStateException("the end of a subscription never fails", e);
    }
  }
}
