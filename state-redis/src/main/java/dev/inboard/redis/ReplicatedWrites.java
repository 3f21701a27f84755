package dev.inboard.redis;

import dev.inboard.common.ErrorCode;
import dev.inboard.common.InboardException;
import io.lettuce.core.api.StatefulConnection;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Writes that count as done when the connected replicas have them, as far as one server can tell.
 *
 * <p>{@code WAIT} holds its connection up and concerns the writes of that connection, so these
 * writes have a connection of their own, opened when the first one comes. The nodes of a cluster
 * cannot be waited for this way; there the write counts as done when the master has it.
 */
final class ReplicatedWrites {
  private static final Duration PATIENCE = Duration.ofSeconds(1); // as long as a sidecar waits
  private static final Pattern REPLICA = Pattern.compile("(?m)^slave\\d+:.*state=online");

  private final String label;
  private final RedisConnections client;
  private @Nullable StatefulConnection<String, byte[]> connection; // guarded by this

  ReplicatedWrites(String label, RedisConnections client) {
    this.label = label;
    this.client = client;
  }

  <T> CompletionStage<T> write(
      Function<RedisClusterAsyncCommands<String, byte[]>, CompletionStage<T>> write) {
    return CompletableFuture.supplyAsync(this::connected)
        .thenCompose(
            commands ->
                write
                    .apply(commands)
                    .thenCompose(result -> replicated(commands).thenApply(done -> result)));
  }

  private synchronized RedisClusterAsyncCommands<String, byte[]> connected() {
    if (connection == null) {
      connection = client.connect();
    }
    return RedisConnections.commands(connection);
  }

  /** Waits until the writes under way are answered. */
  synchronized void drain() {
    if (connection != null) {
      RedisConnections.drain(connection);
    }
  }

  private CompletionStage<Void> replicated(RedisClusterAsyncCommands<String, byte[]> commands) {
    return client.isCluster()
        ? CompletableFuture.completedStage(null)
        : commands
            .info("replication")
            .thenCompose(
                info -> {
                  int replicas = replicas(info);
                  return replicas == 0
                      ? CompletableFuture.completedStage(null)
                      : commands
                          .waitForReplication(replicas, patienceMillis())
                          .thenAccept(reached -> check(reached, replicas));
                });
  }

  /** Ends before the client takes the wait for a hanging command. */
  private long patienceMillis() {
    Duration half = client.readTimeout().dividedBy(2);
    return (half.compareTo(PATIENCE) < 0 ? half : PATIENCE).toMillis();
  }

  private static int replicas(String info) {
    return (int) REPLICA.matcher(info).results().count();
  }

  private void check(long reached, int replicas) {
    if (reached < replicas) {
      throw new InboardException(
          ErrorCode.UNAVAILABLE,
          label,
          "wait for replicas",
          "the write is stored, but only "
              + reached
              + " of "
              + replicas
              + " replicas have it so far");
    }
  }
}
