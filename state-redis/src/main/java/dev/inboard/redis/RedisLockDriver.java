package dev.inboard.redis;

import dev.inboard.common.ErrorCode;
import dev.inboard.common.InboardException;
import dev.inboard.spi.Feature;
import dev.inboard.spi.lock.LockDriver;
import io.lettuce.core.api.StatefulConnection;
import io.lettuce.core.cluster.SlotHash;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import io.lettuce.core.output.CommandOutput;
import io.lettuce.core.output.IntegerOutput;
import io.lettuce.core.output.ValueOutput;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Leases in Redis: a key with the owner as its value, which expires with the lease.
 *
 * <p>The last fencing token of a lock lies beside it, in the same slot of a cluster.
 */
final class RedisLockDriver implements LockDriver {
  private static final RedisScript LOCK = new RedisScript("lock.lua");
  private static final RedisScript RENEW = new RedisScript("lock-renew.lua");
  private static final RedisScript UNLOCK = new RedisScript("unlock.lua");

  private final String label;
  private final RedisConnections client;
  private final StatefulConnection<String, byte[]> connection;
  private volatile boolean closed; // written by close()

  private RedisLockDriver(
      String label, RedisConnections client, StatefulConnection<String, byte[]> connection) {
    this.label = label;
    this.client = client;
    this.connection = connection;
  }

  static RedisLockDriver open(String label, RedisOptions options) {
    RedisConnections client = RedisConnections.of(options);
    try {
      return new RedisLockDriver(label, client, client.connect());
    } catch (RuntimeException e) {
      client.close();
      throw RedisErrors.wrap(label, "open", e, null);
    }
  }

  @Override
  public Set<Feature> features() {
    return Set.of(Feature.DURABLE);
  }

  @Override
  public CompletionStage<Void> ping() {
    return call("ping", commands -> commands.ping().<Void>thenApply(pong -> null));
  }

  @Override
  public CompletionStage<@Nullable Long> tryLock(String key, String owner, Duration lease) {
    return call(
        "lock '" + key + "'",
        commands ->
            LOCK.run(
                    commands,
                    () -> new ValueOutput<>(RedisConnections.CODEC),
                    List.of(key, fence(key)),
                    List.of(bytes(owner), millis(lease)))
                .thenApply(
                    (byte @Nullable [] token) ->
                        token == null
                            ? null
                            : Long.valueOf(new String(token, StandardCharsets.US_ASCII))));
  }

  @Override
  public CompletionStage<Boolean> renew(String key, String owner, Duration lease) {
    return call(
        "renew '" + key + "'",
        commands ->
            RENEW
                .run(
                    commands,
                    RedisLockDriver::integer,
                    List.of(key),
                    List.of(bytes(owner), millis(lease)))
                .thenApply(renewed -> renewed == 1));
  }

  @Override
  public CompletionStage<Unlocking> unlock(String key, String owner) {
    return call(
        "unlock '" + key + "'",
        commands ->
            UNLOCK
                .run(commands, RedisLockDriver::integer, List.of(key), List.of(bytes(owner)))
                .thenApply(
                    outcome ->
                        switch (outcome.intValue()) {
                          case 0 -> Unlocking.NOT_HELD;
                          case 1 -> Unlocking.RELEASED;
                          default -> Unlocking.HELD_BY_ANOTHER;
                        }));
  }

  /** Returns a key beside another: in the same slot of a cluster. */
  static String fence(String key) {
    int open = key.indexOf('{');
    if (open >= 0 && key.indexOf('}', open + 1) > open + 1) {
      return key + "||fence"; // it has a tag, which decides for both
    }
    return "{" + (key.indexOf('}') < 0 ? key : twin(key)) + "}" + key + "||fence";
  }

  /** Returns a text of the same slot as a key that cannot be a tag itself. */
  private static String twin(String key) {
    int slot = SlotHash.getSlot(key);
    return IntStream.iterate(0, n -> n + 1)
        .mapToObj(Integer::toString)
        .filter(text -> SlotHash.getSlot(text) == slot)
        .findFirst()
        .orElseThrow();
  }

  private static CommandOutput<String, byte[], Long> integer() {
    return new IntegerOutput<>(RedisConnections.CODEC);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static byte[] millis(Duration lease) {
    return bytes(Long.toString(lease.toMillis()));
  }

  private <T extends @Nullable Object> CompletionStage<T> call(
      String operation,
      Function<RedisClusterAsyncCommands<String, byte[]>, CompletionStage<T>> command) {
    return closed
        ? CompletableFuture.failedStage(closedError(operation))
        : command
            .apply(RedisConnections.commands(connection))
            .exceptionallyCompose(
                failure ->
                    CompletableFuture.failedStage(
                        closed
                            ? closedError(operation)
                            : RedisErrors.wrap(
                                label, operation, failure, client.reconnectFailure())));
  }

  private InboardException closedError(String operation) {
    return new InboardException(ErrorCode.CANCELLED, label, operation, "the component is closed");
  }

  @Override
  public synchronized void close() {
    if (!closed) {
      closed = true;
      RedisConnections.drain(connection);
      client.close();
    }
  }
}
