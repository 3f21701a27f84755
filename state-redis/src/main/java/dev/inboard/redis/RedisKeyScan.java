package dev.inboard.redis;

import dev.inboard.spi.state.KeyListingStateStoreDriver.Page;
import io.lettuce.core.KeyScanCursor;
import io.lettuce.core.ScanArgs;
import io.lettuce.core.ScanCursor;
import io.lettuce.core.api.StatefulConnection;
import io.lettuce.core.cluster.api.StatefulRedisClusterConnection;
import io.lettuce.core.cluster.models.partitions.RedisClusterNode;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Lists keys with {@code SCAN}: cheap on large databases, no snapshot. A key may be named twice when the
 * server resizes its table between two pages.
 *
 * <p>A token says where the scan goes on ({@code cursor}, or {@code node:cursor} on a cluster, whose
 * nodes are gone through in the order of their ids), followed by the keys that the last answer had
 * beyond the limit, each after a NUL character.
 */
final class RedisKeyScan {
  private static final String SEPARATOR = "\0";
  private static final String END = "end";

  private final StatefulConnection<String, byte[]> connection;

  RedisKeyScan(StatefulConnection<String, byte[]> connection) {
    this.connection = connection;
  }

  CompletionStage<Page> page(String prefix, int limit, @Nullable String token) {
    String[] parts = token == null ? new String[] {""} : token.split(SEPARATOR);
    if (parts.length > 1) {
      return CompletableFuture.completedStage(
          page(Arrays.asList(parts).subList(1, parts.length), limit, parts[0]));
    }
    ScanArgs args = ScanArgs.Builder.matches(escape(prefix) + "*").limit(limit);
    return connection instanceof StatefulRedisClusterConnection<String, byte[]> cluster
        ? ofCluster(cluster, args, parts[0], limit)
        : RedisConnections.commands(connection)
            .scan(ScanCursor.of(parts[0].isEmpty() ? "0" : parts[0]), args)
            .thenApply(
                answer -> page(keys(answer), limit, answer.isFinished() ? END : answer.getCursor()));
  }

  /** Cuts what is beyond the limit off and hands it to the next page. */
  private static Page page(List<String> keys, int limit, String position) {
    if (keys.size() > limit) {
      List<String> rest = keys.subList(limit, keys.size());
      return new Page(
          List.copyOf(keys.subList(0, limit)), position + SEPARATOR + String.join(SEPARATOR, rest));
    }
    return new Page(List.copyOf(keys), position.equals(END) ? null : position);
  }

  private static CompletionStage<Page> ofCluster(
      StatefulRedisClusterConnection<String, byte[]> cluster, ScanArgs args, String position, int limit) {
    int colon = position.lastIndexOf(':');
    String from = colon < 0 ? "" : position.substring(0, colon);
    Optional<RedisClusterNode> node = master(cluster, from, true);
    if (node.isEmpty()) {
      return CompletableFuture.completedStage(new Page(List.of(), null));
    }
    String id = node.get().getNodeId();
    String cursor = id.equals(from) ? position.substring(colon + 1) : "0"; // a node that left is passed over
    return cluster
        .getConnectionAsync(id)
        .thenCompose(connected -> connected.async().scan(ScanCursor.of(cursor), args))
        .thenApply(answer -> page(keys(answer), limit, next(cluster, id, answer)));
  }

  private static String next(
      StatefulRedisClusterConnection<String, byte[]> cluster, String id, ScanCursor answer) {
    return answer.isFinished()
        ? master(cluster, id, false).map(node -> node.getNodeId() + ":0").orElse(END)
        : id + ":" + answer.getCursor();
  }

  private static Optional<RedisClusterNode> master(
      StatefulRedisClusterConnection<String, byte[]> cluster, String from, boolean inclusive) {
    return cluster.getPartitions().stream()
        .filter(node -> node.getRole().isUpstream())
        .filter(node -> node.getNodeId().compareTo(from) >= (inclusive ? 0 : 1))
        .min(Comparator.comparing(RedisClusterNode::getNodeId));
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
