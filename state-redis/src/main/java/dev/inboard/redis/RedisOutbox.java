package dev.inboard.redis;

import dev.inboard.spi.state.OutboxStateStoreDriver.OutboxEvent;
import dev.inboard.spi.state.OutboxStateStoreDriver.StoredEvent;
import io.lettuce.core.Limit;
import io.lettuce.core.Range;
import io.lettuce.core.StreamMessage;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Events that wait to be published, in a stream without groups. A sidecar knows nothing of it.
 *
 * <p>The script that writes the entries adds to the stream, so its order is that of the commits.
 */
final class RedisOutbox {
  private final RedisClusterAsyncCommands<String, byte[]> commands;

  RedisOutbox(RedisClusterAsyncCommands<String, byte[]> commands) {
    this.commands = commands;
  }

  /** Returns the key of the stream. */
  static String stream(String outbox) {
    return "inboard-outbox||" + outbox;
  }

  /** Adds what the script expects for events. */
  static void arguments(List<OutboxEvent> events, List<byte[]> arguments) {
    for (OutboxEvent event : events) {
      arguments.add(event.key().getBytes(StandardCharsets.UTF_8));
      arguments.add(event.body());
    }
  }

  /** Reads the next events. */
  CompletionStage<List<StoredEvent>> next(String outbox, @Nullable String after, int limit) {
    Range<String> range =
        Range.from(
            after == null ? Range.Boundary.unbounded() : Range.Boundary.excluding(after),
            Range.Boundary.unbounded());
    return commands
        .xrange(stream(outbox), range, Limit.from(limit))
        .thenApply(messages -> messages.stream().map(RedisOutbox::event).toList());
  }

  private static StoredEvent event(StreamMessage<String, byte[]> message) {
    byte[] key = message.getBody().getOrDefault("key", new byte[0]);
    byte[] body = message.getBody().getOrDefault("body", new byte[0]);
    return new StoredEvent(message.getId(), new String(key, StandardCharsets.UTF_8), body);
  }

  /** Counts the events. */
  CompletionStage<Long> count(String outbox) {
    return commands.xlen(stream(outbox));
  }

  /** Removes events. */
  CompletionStage<Void> remove(String outbox, List<String> positions) {
    return positions.isEmpty()
        ? CompletableFuture.completedFuture(null)
        : commands.xdel(stream(outbox), positions.toArray(String[]::new)).thenApply(count -> null);
  }
}
