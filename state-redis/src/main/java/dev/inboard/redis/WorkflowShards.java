package dev.inboard.redis;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.inboard.spi.workflow.InstanceStatus;
import io.lettuce.core.api.StatefulConnection;
import io.lettuce.core.cluster.SlotHash;
import io.lettuce.core.cluster.api.StatefulRedisClusterConnection;
import io.lettuce.core.output.NestedMultiOutput;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * The shards over which instances are spread by their ids. All keys of a shard have one hash tag,
 * so that one script can touch them all, and shards lie on all nodes of a cluster.
 */
final class WorkflowShards {
  private static final List<String> OF_SHARD =
      Stream.concat(
              Stream.of(":due", ":nodes", ":own", ":mail", ":all", ":out", ":seq"),
              Arrays.stream(InstanceStatus.values())
                  .filter(InstanceStatus::isFinished)
                  .map(status -> ":done:" + status))
          .toList();
  private static final List<String> OF_INSTANCE = List.of(":i:", ":h:", ":m:", ":r:", ":o:");

  private final StatefulConnection<String, byte[]> connection;
  private final String prefix;
  private final int count;

  /**
   * Spreads instances.
   *
   * @param prefix begins every key, within the braces of the tag
   */
  WorkflowShards(StatefulConnection<String, byte[]> connection, String prefix, int count) {
    this.connection = connection;
    this.prefix = prefix;
    this.count = count;
  }

  int count() {
    return count;
  }

  int of(String id) {
    return SlotHash.getSlot(id.getBytes(UTF_8)) % count;
  }

  private String tag(int shard) {
    return "{" + prefix + ":" + shard + "}";
  }

  /** Names what an instance has sent, for all time. */
  String relayName(String source, long number) {
    return of(source) + ":" + number;
  }

  /** Runs a script on the shard of an instance, which is its first argument. */
  CompletionStage<List<Object>> run(RedisScript script, String id, List<byte[]> more) {
    List<byte[]> arguments = new ArrayList<>(more.size() + 1);
    arguments.add(id.getBytes(UTF_8));
    arguments.addAll(more);
    return run(script, of(id), List.of(id), arguments);
  }

  /** Runs a script on the shard of an instance, with texts as further arguments. */
  CompletionStage<List<Object>> run(RedisScript script, String id, String... more) {
    return run(script, id, bytes(Arrays.stream(more)));
  }

  /** Runs a script that concerns no single instance. */
  CompletionStage<List<Object>> runOn(int shard, RedisScript script, Stream<String> arguments) {
    return run(script, shard, List.of(), bytes(arguments));
  }

  private static List<byte[]> bytes(Stream<String> texts) {
    return texts.map(text -> text.getBytes(UTF_8)).toList();
  }

  /** Runs a script that concerns some instances of a shard. */
  CompletionStage<List<Object>> run(
      RedisScript script, int shard, List<String> ids, List<byte[]> arguments) {
    String tag = tag(shard);
    List<String> keys = new ArrayList<>();
    keys.add(tag);
    if (connection instanceof StatefulRedisClusterConnection) {
      OF_SHARD.forEach(kind -> keys.add(tag + kind));
      for (String id : ids) {
        OF_INSTANCE.forEach(kind -> keys.add(tag + kind + id));
      }
    }
    return script.run(
        RedisConnections.commands(connection),
        () -> new NestedMultiOutput<>(RedisConnections.CODEC),
        keys,
        arguments);
  }

  /** Runs something on every shard at the same time, and answers in the order of the shards. */
  <T> CompletionStage<List<T>> onAll(Function<Integer, CompletionStage<T>> call) {
    List<CompletableFuture<T>> calls = new ArrayList<>(count);
    for (int shard = 0; shard < count; shard++) {
      calls.add(call.apply(shard).toCompletableFuture());
    }
    return CompletableFuture.allOf(calls.toArray(CompletableFuture<?>[]::new))
        .thenApply(done -> calls.stream().map(CompletableFuture::join).toList());
  }
}
