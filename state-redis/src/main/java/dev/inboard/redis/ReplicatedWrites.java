package dev.inboard.redis;

import dev.inboard.common.ErrorCode;
import dev.inboard.common.InboardException;
import io.lettuce.core.api.StatefulConnection;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Writes that count as done when the connected replicas have them, as far as one server can tell.
 *
 * <p>{@code WAIT} holds its connection up and concerns the writes of that connection, so these writes
 * have a connection of their own, opened when the first one comes. The nodes of a cluster cannot be
 * waited for this way; there the write counts as done when the master has it.
 */
final class ReplicatedWrites {
  private static final long PATIENCE_MILLIS = 1_000; // as long as a sidecar waits
  private static final Pattern REPLICAS = Pattern.compile("connected_slaves:(\\d+)");

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
                          .waitForReplication(replicas, PATIENCE_MILLIS)
                          .thenAccept(reached -> check(reached, replicas));
                });
  }

  private static int replicas(String info) {
    Matcher found = REPLICAS.matcher(info);
    return found.find() ? Integer.parseInt(found.group(1)) : 0;
  }

  private void check(long reached, int replicas) {
    if (reached < replicas) {
      throw new InboardException(
          ErrorCode.UNAVAILABLE,
          label,
          "wait for replicas",
          "the write is stored, but only " + reached + " of " + replicas + " replicas have it so far");
    }
  }
}
