package dev.inboard.redis;

import dev.inboard.spi.ComponentSpec;
import dev.inboard.spi.configuration.ConfigurationReceiver;
import dev.inboard.spi.configuration.ConfigurationWatch;
import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.api.StatefulConnection;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
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

/**
 * The watches of one component, and how they learn of changes: from the server's events, and where
 * it gives none by reading again regularly. A cluster's nodes tell only of their own keys and
 * change their roles, so there it is always the latter.
 */
final class ConfigurationWatches {
  private static final Logger LOG = LoggerFactory.getLogger(ConfigurationWatches.class);

  /** How often the server is asked whether it lives and still tells of changes. */
  private static final Duration CHECK = Duration.ofSeconds(5);

  private static final Duration PAUSE_AFTER_FAILURE = Duration.ofSeconds(1);

  private final String label;
  private final RedisConnections client;
  private final StatefulConnection<String, byte[]> connection;
  private final ConfigurationReads reads;
  private final int database;
  private final Duration pollInterval;
  private final ScheduledThreadPoolExecutor timer;
  private final List<RedisConfigurationWatch> watches = new CopyOnWriteArrayList<>();
  private @Nullable CompletableFuture<Void> connected; // guarded by this
  private volatile @Nullable KeyspaceEvents events; // null: the server tells nothing
  private volatile boolean polling;

  ConfigurationWatches(
      ComponentSpec spec,
      RedisConnections client,
      StatefulConnection<String, byte[]> connection,
      ConfigurationReads reads,
      int database,
      Duration pollInterval) {
    this.label = spec.label();
    this.client = client;
    this.connection = connection;
    this.reads = reads;
    this.database = database;
    this.pollInterval = pollInterval;
    this.timer =
        new ScheduledThreadPoolExecutor(
            1,
            task -> {
              Thread thread = new Thread(task, "inboard-" + spec.name() + "-timer");
              thread.setDaemon(true);
              return thread;
            });
    timer.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
  }

  /** Begins a watch: first listens, then reads, so that no change falls between. */
  CompletionStage<ConfigurationWatch> begin(Set<String> keys, ConfigurationReceiver receiver) {
    RedisConfigurationWatch watch =
        new RedisConfigurationWatch(keys, receiver, reads, this::end, this::later);
    return connected()
        .thenCompose(done -> check())
        .thenCompose(done -> listen(watch))
        .thenCompose(done -> watch.begin())
        .whenComplete(
            (done, failure) -> {
              if (failure != null) {
                watch.close();
              }
            });
  }

  private synchronized CompletableFuture<Void> connected() {
    if (connected == null || connected.isCompletedExceptionally()) {
      connected = CompletableFuture.runAsync(this::connect); // it blocks
    }
    return connected;
  }

  /** Opens the connection for events, and begins to check and to poll. */
  private void connect() {
    if (client.isCluster()) {
      polling = true;
    } else {
      events =
          new KeyspaceEvents(
              client.connectPubSub(),
              database,
              key -> watches.forEach(watch -> watch.touch(key)),
              () -> watches.forEach(RedisConfigurationWatch::touchAll));
      every(CHECK, this::checkNow);
    }
    every(pollInterval, this::poll);
  }

  /** Listens for a watch. Together with {@link #end}, so that the server hears of both in order. */
  private synchronized CompletionStage<Void> listen(RedisConfigurationWatch watch) {
    watches.add(watch);
    KeyspaceEvents source = events;
    return source == null ? done() : orPolling(source.listen(watch.keys()));
  }

  private static CompletionStage<Void> done() {
    return CompletableFuture.completedStage(null);
  }

  /** Makes sure that the server tells of changes. */
  private CompletionStage<Void> check() {
    return events == null || polling
        ? done()
        : orPolling(
            KeyspaceFlags.ensure(RedisConnections.commands(connection))
                .thenAccept(
                    outcome -> {
                      if (outcome == KeyspaceFlags.Outcome.COMPLETED) {
                        watches.forEach(RedisConfigurationWatch::touchAll);
                      }
                    }));
  }

  /** A server that refuses is polled; one that cannot be asked now is another matter. */
  private CompletionStage<Void> orPolling(CompletionStage<Void> attempt) {
    return attempt.exceptionallyCompose(
        failure -> {
          Throwable cause = RedisErrors.unwrap(failure);
          if (cause instanceof RedisCommandExecutionException
              && !RedisErrors.classify(cause).isTransient()) {
            beginPolling(cause);
            return done();
          }
          return CompletableFuture.failedStage(failure);
        });
  }

  private void checkNow() {
    KeyspaceEvents source = events;
    if (source != null && !watches.isEmpty()) {
      source.ping();
      CompletionStage<Void> unused = check();
    }
  }

  private synchronized void beginPolling(Throwable refusal) {
    if (!polling) {
      polling = true;
      LOG.warn(
          "{}: the server does not let this user make it tell of changes ({}), so subscribed items are read every"
              + " {} ms; for news at once give the user CONFIG GET, CONFIG SET and the channels __keyspace@{}__:*",
          label,
          refusal.getMessage(),
          pollInterval.toMillis(),
          database);
    }
  }

  private void poll() {
    if (polling) {
      watches.forEach(RedisConfigurationWatch::touchAll);
    }
  }

  private void every(Duration interval, Runnable task) {
    Future<?> unused =
        timer.scheduleWithFixedDelay(
            task, interval.toNanos(), interval.toNanos(), TimeUnit.NANOSECONDS);
  }

  private void later(Runnable task) {
    try {
      Future<?> unused =
          timer.schedule(task, PAUSE_AFTER_FAILURE.toMillis(), TimeUnit.MILLISECONDS);
    } catch (RejectedExecutionException e) {
      LOG.debug("{}: closed", label);
    }
  }

  /** Forgets a watch, and the keys that no other watches. */
  private synchronized void end(RedisConfigurationWatch watch) {
    watches.remove(watch);
    KeyspaceEvents source = events;
    if (source != null) {
      Set<String> orphans = new HashSet<>(watch.keys());
      watches.forEach(other -> orphans.removeAll(other.keys()));
      boolean all =
          watch.keys().isEmpty() && watches.stream().noneMatch(other -> other.keys().isEmpty());
      source.forget(orphans, all);
    }
  }

  void close() {
    timer.shutdownNow();
    events = null;
    watches.forEach(RedisConfigurationWatch::close);
  }
}
