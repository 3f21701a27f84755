package dev.inboard.redis;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.inboard.common.ErrorCode;
import dev.inboard.common.InboardException;
import dev.inboard.spi.ComponentSpec;
import dev.inboard.spi.Feature;
import dev.inboard.spi.configuration.ConfigurationReceiver;
import dev.inboard.spi.configuration.ConfigurationWatch;
import dev.inboard.spi.configuration.StoredItem;
import dev.inboard.spi.configuration.WritableConfigurationDriver;
import io.lettuce.core.api.StatefulConnection;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Items as strings of the form {@code value||version}. */
final class RedisConfigurationDriver implements WritableConfigurationDriver {
  private final String label;
  private final RedisConnections client;
  private final StatefulConnection<String, byte[]> connection;
  private final ConfigurationReads reads;
  private final ConfigurationWatches watches;
  private volatile boolean closed; // written by close()

  private RedisConfigurationDriver(
      ComponentSpec spec,
      RedisConnections client,
      StatefulConnection<String, byte[]> connection,
      int database,
      Duration pollInterval) {
    this.label = spec.label();
    this.client = client;
    this.connection = connection;
    this.reads = new ConfigurationReads(label, connection);
    this.watches =
        new ConfigurationWatches(spec, client, connection, reads, database, pollInterval);
  }

  static RedisConfigurationDriver open(
      ComponentSpec spec, RedisOptions options, Duration pollInterval) {
    RedisConnections client = RedisConnections.of(options);
    try {
      return new RedisConfigurationDriver(
          spec, client, client.connect(), options.database(), pollInterval);
    } catch (RuntimeException e) {
      client.close();
      throw RedisErrors.wrap(spec.label(), "open", e, null);
    }
  }

  @Override
  public Set<Feature> features() {
    return Set.of(Feature.CONFIGURATION_WRITES, Feature.DURABLE);
  }

  @Override
  public CompletionStage<Void> ping() {
    return call(
        "ping", () -> RedisConnections.commands(connection).ping().<Void>thenApply(pong -> null));
  }

  @Override
  public CompletionStage<Map<String, StoredItem>> get(Set<String> keys) {
    return call(
        keys.isEmpty() ? "get all" : "get", () -> keys.isEmpty() ? reads.all() : reads.some(keys));
  }

  @Override
  public CompletionStage<ConfigurationWatch> watch(
      Set<String> keys, ConfigurationReceiver receiver) {
    return call("watch", () -> watches.begin(keys, receiver));
  }

  @Override
  public CompletionStage<Void> set(String key, String value, String version) {
    String text = version.isEmpty() ? value : value + "||" + version;
    return call(
        "set '" + key + "'",
        () ->
            RedisConnections.commands(connection)
                .set(key, text.getBytes(UTF_8))
                .<Void>thenApply(done -> null));
  }

  @Override
  public CompletionStage<Void> delete(String key) {
    return call(
        "delete '" + key + "'",
        () -> RedisConnections.commands(connection).del(key).<Void>thenApply(done -> null));
  }

  private <T> CompletionStage<T> call(String operation, Supplier<CompletionStage<T>> command) {
    return closed
        ? CompletableFuture.failedStage(error(operation, null))
        : command
            .get()
            .exceptionallyCompose(
                failure -> CompletableFuture.failedStage(error(operation, failure)));
  }

  private InboardException error(String operation, @Nullable Throwable failure) {
    return failure == null || closed
        ? new InboardException(ErrorCode.CANCELLED, label, operation, "the component is closed")
        : RedisErrors.wrap(label, operation, failure, client.reconnectFailure());
  }

  @Override
  public synchronized void close() {
    if (!closed) {
      closed = true;
      watches.close();
      RedisConnections.drain(connection);
      client.close();
    }
  }
}
