package dev.inboard.redis;

import dev.inboard.common.ErrorCode;
import dev.inboard.common.InboardException;
import dev.inboard.spi.state.KeyListingStateStoreDriver.Page;
import io.lettuce.core.KeyScanCursor;
import io.lettuce.core.ScanArgs;
import io.lettuce.core.ScanCursor;
import io.lettuce.core.api.StatefulConnection;
import io.lettuce.core.cluster.api.StatefulRedisClusterConnection;
import io.lettuce.core.cluster.models.partitions.RedisClusterNode;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Lists keys with {@code SCAN}: cheap on large databases, no snapshot. A key may be named twice
 * when the server resizes its table between two pages.
 *
 * <p>A token says where the scan goes on ({@code cursor}, or {@code node:cursor} on a cluster,
 * whose nodes are gone through in the order of their ids), followed by the keys that the last
 * answer had beyond the limit, each after a NUL character.
 */
final class RedisKeyScan {
  private static final String SEPARATOR = "\0";
  private static final String START = "0";
  private static final String END = "end";
  private static final Pattern POSITION = Pattern.compile("([0-9a-f]{40}:)?[0-9]{1,20}|" + END);

  /** The fewest keys that the server looks at per call: a small page must not mean many calls. */
  private static final int LEAST_COUNT = 100;

  private final String label;
  private final StatefulConnection<String, byte[]> connection;

  RedisKeyScan(String label, StatefulConnection<String, byte[]> connection) {
    this.label = label;
    this.connection = connection;
  }

  CompletionStage<Page> page(String prefix, int limit, @Nullable String token) {
    List<String> parts = List.of(token == null ? new String[] {START} : token.split(SEPARATOR));
    String position = parts.get(0);
    List<String> rest = parts.subList(1, parts.size());
    boolean cluster = connection instanceof StatefulRedisClusterConnection;
    if (!isSound(position, rest, prefix, token == null || cluster)) {
      return CompletableFuture.failedStage(
          new InboardException(
              ErrorCode.INVALID_ARGUMENT,
              label,
              "list keys '" + prefix + "'",
              "the token does not come from a page of this prefix; begin without one"));
    }
    if (!rest.isEmpty() || position.equals(END)) {
      return CompletableFuture.completedStage(page(rest, limit, position));
    }
    ScanArgs args =
        ScanArgs.Builder.matches(escape(prefix) + "*").limit(Math.max(limit, LEAST_COUNT));
    return connection instanceof StatefulRedisClusterConnection<String, byte[]> nodes
        ? ofCluster(nodes, args, position, limit)
        : RedisConnections.commands(connection)
            .scan(ScanCursor.of(position), args)
            .thenApply(
                answer ->
                    page(keys(answer), limit, answer.isFinished() ? END : answer.getCursor()));
  }

  private static boolean isSound(
      String position, List<String> rest, String prefix, boolean nodeAllowed) {
    return POSITION.matcher(position).matches()
        && (nodeAllowed || position.indexOf(':') < 0)
        && (position.equals(END) || fitsCursor(position))
        && rest.stream().allMatch(key -> key.startsWith(prefix));
  }

  private static boolean fitsCursor(String position) {
    try {
      Long.parseUnsignedLong(position.substring(position.indexOf(':') + 1));
      return true;
    } catch (NumberFormatException e) {
      return false;
    }
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
      StatefulRedisClusterConnection<String, byte[]> cluster,
      ScanArgs args,
      String position,
      int limit) {
    int colon = position.lastIndexOf(':');
    String from = colon < 0 ? "" : position.substring(0, colon);
    Optional<RedisClusterNode> node = master(cluster, from, true);
    if (node.isEmpty()) {
      return CompletableFuture.completedStage(new Page(List.of(), null));
    }
    String id = node.get().getNodeId();
    // The place of a node that has left is taken by the one after it.
    String cursor = id.equals(from) ? position.substring(colon + 1) : START;
    return RedisConnections.connection(cluster, node.get())
        .thenCompose(connected -> connected.async().scan(ScanCursor.of(cursor), args))
        .thenApply(answer -> page(keys(answer), limit, next(cluster, id, answer)));
  }

  private static String next(
      StatefulRedisClusterConnection<String, byte[]> cluster, String id, ScanCursor answer) {
    return answer.isFinished()
        ? master(cluster, id, false).map(node -> node.getNodeId() + ":" + START).orElse(END)
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
