package dev.inboard.local;

import dev.inboard.spi.Feature;
import dev.inboard.spi.configuration.ConfigurationDriver;
import dev.inboard.spi.configuration.ConfigurationReceiver;
import dev.inboard.spi.configuration.ConfigurationWatch;
import dev.inboard.spi.configuration.StoredItem;
import java.io.IOException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads the file anew for every get, and looks at it regularly for those who watch. */
final class FileConfigurationDriver implements ConfigurationDriver {
  private static final Logger LOG = LoggerFactory.getLogger(FileConfigurationDriver.class);

  private final String component;
  private final ConfigurationFile file;
  private final Duration interval;
  private final FileWork work;
  private final ScheduledThreadPoolExecutor looker; // one thread, from the first watch on
  private final List<Watch> watches = new CopyOnWriteArrayList<>();

  // Belong to the looker's thread.
  private boolean looking;
  private ConfigurationFile.@Nullable Stamp seen;
  private ConfigurationFile.@Nullable Stamp told;
  private @Nullable String complaint;

  private FileConfigurationDriver(String component, ConfigurationFile file, Duration interval) {
    this.component = component;
    this.file = file;
    this.interval = interval;
    this.work = new FileWork(component);
    this.looker =
        new ScheduledThreadPoolExecutor(
            1,
            task -> {
              Thread thread = new Thread(task, "inboard-look " + component);
              thread.setDaemon(true);
              return thread;
            });
  }

  /** Opens the store when the file can be read and understood. */
  static FileConfigurationDriver open(String component, ConfigurationFile file, Duration interval) {
    try {
      file.read(component, "open");
    } catch (IOException | RuntimeException e) {
      throw FileWork.failure(component, "open", e);
    }
    return new FileConfigurationDriver(component, file, interval);
  }

  @Override
  public Set<Feature> features() {
    return Set.of(Feature.DURABLE);
  }

  /** Fails while the file is missing or broken, so that somebody learns of it. */
  @Override
  public CompletionStage<Void> ping() {
    return work.run("ping", () -> file.read(component, "ping")).thenApply(items -> null);
  }

  @Override
  public CompletionStage<Map<String, StoredItem>> get(Set<String> keys) {
    return work.run("get", () -> those(keys, file.read(component, "get")));
  }

  private static Map<String, StoredItem> those(Set<String> keys, Map<String, StoredItem> items) {
    Map<String, StoredItem> those = new LinkedHashMap<>(items);
    if (!keys.isEmpty()) {
      those.keySet().retainAll(keys);
    }
    return those;
  }

  @Override
  public CompletionStage<ConfigurationWatch> watch(
      Set<String> keys, ConfigurationReceiver receiver) {
    CompletableFuture<ConfigurationWatch> standing = new CompletableFuture<>();
    Watch watch = new Watch(keys, receiver);
    try {
      looker.execute(() -> begin(watch, standing));
    } catch (RejectedExecutionException e) {
      standing.completeExceptionally(FileWork.closed(component, "watch"));
    }
    return standing;
  }

  private void begin(Watch watch, CompletableFuture<ConfigurationWatch> standing) {
    try {
      watch.tell(file.read(component, "watch"));
      watches.add(watch);
      if (!looking) {
        looking = true;
        Future<?> unused =
            looker.scheduleWithFixedDelay(
                this::look, interval.toNanos(), interval.toNanos(), TimeUnit.NANOSECONDS);
      }
      standing.complete(watch);
    } catch (RejectedExecutionException e) {
      standing.completeExceptionally(FileWork.closed(component, "watch"));
    } catch (IOException | RuntimeException e) {
      standing.completeExceptionally(FileWork.failure(component, "watch", e));
    }
  }

  /** Tells the watches what the file holds, once it has been left alone since the last look. */
  private void look() {
    if (watches.isEmpty()) {
      told = null;
      return;
    }
    try {
      ConfigurationFile.Stamp now = file.stamp();
      boolean quiet = now.equals(seen);
      seen = now;
      if (quiet && !now.equals(told)) {
        Map<String, StoredItem> items = file.read(component, "watch");
        watches.forEach(watch -> watch.tell(items));
        told = now;
        complaint = null;
      }
    } catch (IOException | RuntimeException e) {
      complain(String.valueOf(FileWork.failure(component, "watch", e).getMessage()));
    }
  }

  private void complain(String problem) {
    if (!problem.equals(complaint)) {
      complaint = problem;
      LOG.warn("{}; subscriptions keep what it held before", problem);
    }
  }

  @Override
  public void close() {
    looker.shutdown(); // lets watches begin that were asked for
    work.close();
    try {
      looker.awaitTermination(1, TimeUnit.MINUTES);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    watches.clear();
  }

  @Override
  public String toString() {
    return component;
  }

  private final class Watch implements ConfigurationWatch {
    private final Set<String> keys;
    private final ConfigurationReceiver receiver;

    Watch(Set<String> keys, ConfigurationReceiver receiver) {
      this.keys = Set.copyOf(keys);
      this.receiver = receiver;
    }

    void tell(Map<String, StoredItem> items) {
      receiver.reset(those(keys, items));
    }

    @Override
    public void close() {
      watches.remove(this);
    }
  }
}
