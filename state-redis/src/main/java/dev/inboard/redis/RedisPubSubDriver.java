package dev.inboard.redis;

import dev.inboard.common.ErrorCode;
import dev.inboard.common.InboardException;
import dev.inboard.spi.ComponentSpec;
import dev.inboard.spi.Durability;
import dev.inboard.spi.Feature;
import dev.inboard.spi.pubsub.DriverSubscription;
import dev.inboard.spi.pubsub.MessageReceiver;
import dev.inboard.spi.pubsub.OutboundMessage;
import dev.inboard.spi.pubsub.PubSubDriver;
import dev.inboard.spi.pubsub.SubscriptionSpec;
import io.lettuce.core.XAddArgs;
import io.lettuce.core.api.StatefulConnection;
import java.time.Clock;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Topics as streams, subscriptions as members of a consumer group.
 *
 * <p>Messages are published, acknowledged and claimed over one pipelined connection; each
 * subscription has a second one, on which it waits for messages.
 */
final class RedisPubSubDriver implements PubSubDriver {
  private final String label;
  private final RedisConnections client;
  private final StatefulConnection<String, byte[]> connection;
  private final StreamOptions options;
  private final Clock clock;
  private final @Nullable Durability durability;
  private final ScheduledExecutorService timer;
  private final Queue<StreamSubscription> subscriptions = new ConcurrentLinkedQueue<>();
  private volatile boolean closed; // written by close()

  private RedisPubSubDriver(
      ComponentSpec spec,
      RedisConnections client,
      StatefulConnection<String, byte[]> connection,
      StreamOptions options) {
    this.label = spec.label();
    this.client = client;
    this.connection = connection;
    this.options = options;
    this.clock = spec.clock();
    this.durability = RedisDurability.of(connection);
    this.timer =
        Executors.newSingleThreadScheduledExecutor(
            task -> {
              Thread thread = new Thread(task, "inboard-" + spec.name() + "-timer");
              thread.setDaemon(true);
              return thread;
            });
  }

  static RedisPubSubDriver open(ComponentSpec spec, RedisOptions redis, StreamOptions options) {
    RedisConnections client = RedisConnections.of(redis);
    try {
      return new RedisPubSubDriver(spec, client, client.connect(), options);
    } catch (RuntimeException e) {
      client.close();
      throw RedisErrors.wrap(spec.label(), "open", e, null);
    }
  }

  @Override
  public Set<Feature> features() {
    return Set.of(Feature.RETAINED_MESSAGES, Feature.DURABLE);
  }

  @Override
  public @Nullable Durability durability() {
    return durability;
  }

  @Override
  public CompletionStage<Void> ping() {
    return answer("ping", closed ? null : RedisConnections.commands(connection).ping());
  }

  @Override
  public CompletionStage<Void> publish(OutboundMessage message) {
    return answer(
        "publish to '" + message.topic() + "'",
        closed
            ? null
            : RedisConnections.commands(connection)
                .xadd(message.topic(), trimming(), StreamEntry.of(message)));
  }

  private XAddArgs trimming() {
    XAddArgs args = new XAddArgs();
    if (options.maxLength() != null) {
      args.maxlen(options.maxLength()).approximateTrimming();
    } else if (options.timeToLive() != null) {
      args.minId(clock.millis() - options.timeToLive().toMillis() + "-0").approximateTrimming();
    }
    return args;
  }

  @Override
  public CompletionStage<DriverSubscription> subscribe(
      SubscriptionSpec spec, MessageReceiver receiver) {
    String operation = "subscribe to '" + spec.topic() + "'";
    if (closed) {
      return CompletableFuture.failedStage(error(operation, null));
    }
    // Connecting blocks, so it happens elsewhere.
    return CompletableFuture.<DriverSubscription>supplyAsync(
            () -> {
              StreamSubscription subscription =
                  new StreamSubscription(
                      spec,
                      receiver,
                      new StreamMember(client, connection, spec.topic(), options),
                      options,
                      timer);
              subscriptions.add(subscription);
              subscription.ended().thenRun(() -> subscriptions.remove(subscription));
              if (closed) {
                subscription.end();
                throw error(operation, null);
              }
              return subscription;
            })
        .exceptionallyCompose(failure -> CompletableFuture.failedStage(error(operation, failure)));
  }

  private CompletionStage<Void> answer(String operation, @Nullable CompletionStage<?> command) {
    return command == null
        ? CompletableFuture.failedStage(error(operation, null))
        : command
            .<Void>thenApply(done -> null)
            .exceptionallyCompose(
                failure -> CompletableFuture.failedStage(error(operation, failure)));
  }

  private InboardException error(String operation, @Nullable Throwable failure) {
    return failure == null || closed
        ? new InboardException(ErrorCode.CANCELLED, label, operation, "the component is closed")
        : RedisErrors.wrap(label, operation, failure, client.reconnectFailure());
  }

  /** Waits for the reads under way, so that no message is fetched and left lying. */
  @Override
  public synchronized void close() {
    if (closed) {
      return;
    }
    closed = true;
    CompletableFuture<?>[] ends =
        subscriptions.stream()
            .map(subscription -> subscription.end().toCompletableFuture())
            .toArray(CompletableFuture<?>[]::new);
    CompletableFuture.allOf(ends)
        .completeOnTimeout(null, client.readTimeout().toMillis(), TimeUnit.MILLISECONDS)
        .join();
    timer.shutdownNow();
    RedisConnections.drain(connection);
    client.close();
  }
}
