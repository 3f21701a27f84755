package dev.inboard.redis;

import dev.inboard.spi.state.KeyListingStateStoreDriver.Page;
import io.lettuce.core.KeyScanCursor;
import io.lettuce.core.ScanArgs;
import io.lettuce.core.ScanCursor;
import io.lettuce.core.api.StatefulConnection;
import io.lettuce.core.api.async.RedisKeyAsyncCommands;
import io.lettuce.core.cluster.api.StatefulRedisClusterConnection;
import io.lettuce.core.cluster.models.partitions.RedisClusterNode;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Lists keys with {@code SCAN}: cheap on large databases, no snapshot.
 *
 * <p>A token is {@code cursor} or, on a cluster, {@code node:cursor}; the nodes are gone through in the
 * order of their ids.
 */
final class RedisKeyScan {
  private final StatefulConnection<String, byte[]> connection;

  RedisKeyScan(StatefulConnection<String, byte[]> connection) {
    this.connection = connection;
  }

  CompletionStage<Page> page(String prefix, int limit, @Nullable String token) {
    ScanArgs args = ScanArgs.Builder.matches(escape(prefix) + "*").limit(limit);
    if (connection instanceof StatefulRedisClusterConnection<String, byte[]> cluster) {
      return ofCluster(cluster, args, token);
    }
    return RedisConnections.commands(connection)
        .scan(cursor(token == null ? "0" : token), args)
        .thenApply(answer -> new Page(keys(answer), answer.isFinished() ? null : answer.getCursor()));
  }

  private static CompletionStage<Page> ofCluster(
      StatefulRedisClusterConnection<String, byte[]> cluster, ScanArgs args, @Nullable String token) {
    int colon = token == null ? -1 : token.lastIndexOf(':');
    String from = colon < 0 ? "" : token.substring(0, colon);
    Optional<RedisClusterNode> node = master(cluster, from, true);
    if (node.isEmpty()) {
      return CompletableFuture.completedStage(new Page(List.of(), null));
    }
    String id = node.get().getNodeId();
    String position = id.equals(from) ? token.substring(colon + 1) : "0"; // a node that left is passed over
    return cluster
        .getConnectionAsync(id)
        .thenCompose(connected -> scan(connected.async(), position, args))
        .thenApply(answer -> new Page(keys(answer), next(cluster, id, answer)));
  }

  private static CompletionStage<KeyScanCursor<String>> scan(
      RedisKeyAsyncCommands<String, byte[]> node, String position, ScanArgs args) {
    return node.scan(cursor(position), args);
  }

  private static @Nullable String next(
      StatefulRedisClusterConnection<String, byte[]> cluster, String id, ScanCursor answer) {
    if (!answer.isFinished()) {
      return id + ":" + answer.getCursor();
    }
    return master(cluster, id, false).map(node -> node.getNodeId() + ":0").orElse(null);
  }

  private static Optional<RedisClusterNode> master(
      StatefulRedisClusterConnection<String, byte[]> cluster, String from, boolean inclusive) {
    return cluster.getPartitions().stream()
        .filter(node -> node.getRole().isUpstream())
        .filter(node -> node.getNodeId().compareTo(from) >= (inclusive ? 0 : 1))
        .min(Comparator.comparing(RedisClusterNode::getNodeId));
  }

  private static ScanCursor cursor(String position) {
    return ScanCursor.of(position);
  }

  /** One answer may name a key twice while the server resizes its table. */
  private static List<String> keys(KeyScanCursor<String> answer) {
    return List.copyOf(new LinkedHashSet<>(answer.getKeys()));
  }

  /** Makes the characters that a pattern gives a meaning stand for themselves. */
  static String escape(String prefix) {
    return prefix.replaceAll("[\\\\*?\\[\\]]", "\\\\$0");
  }
}
