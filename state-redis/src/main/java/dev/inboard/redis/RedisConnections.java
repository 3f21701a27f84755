package dev.inboard.redis;

import io.lettuce.core.AbstractRedisClient;
import io.lettuce.core.ClientOptions;
import io.lettuce.core.ClientOptions.DisconnectedBehavior;
import io.lettuce.core.MaintNotificationsConfig;
import io.lettuce.core.RedisClient;
import io.lettuce.core.SocketOptions;
import io.lettuce.core.SslOptions;
import io.lettuce.core.TimeoutOptions;
import io.lettuce.core.api.StatefulConnection;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.cluster.ClusterClientOptions;
import io.lettuce.core.cluster.ClusterTopologyRefreshOptions;
import io.lettuce.core.cluster.RedisClusterClient;
import io.lettuce.core.cluster.api.StatefulRedisClusterConnection;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import io.lettuce.core.cluster.event.ClusterTopologyChangedEvent;
import io.lettuce.core.cluster.models.partitions.RedisClusterNode;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.codec.RedisCodec;
import io.lettuce.core.codec.StringCodec;
import io.lettuce.core.event.connection.ConnectionActivatedEvent;
import io.lettuce.core.event.connection.ReconnectFailedEvent;
import io.lettuce.core.pubsub.StatefulRedisPubSubConnection;
import io.lettuce.core.resource.ClientResources;
import io.lettuce.core.resource.Delay;
import io.lettuce.core.resource.NettyCustomizer;
import io.netty.channel.Channel;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The client of one component and the connections it opens.
 *
 * <p>Connections re-establish themselves in the background, within about a second once the server
 * is back, and find the new master after a failover. Nothing is ever sent twice: a command that was
 * under way when its connection broke fails with {@code UNAVAILABLE} (it may have taken effect, and
 * only the caller knows whether it may be repeated), and so does, at once and without effect, one
 * that comes while there is no connection.
 */
final class RedisConnections implements AutoCloseable {
  /** Keys are text, values are bytes. */
  static final RedisCodec<String, byte[]> CODEC =
      RedisCodec.of(StringCodec.UTF8, ByteArrayCodec.INSTANCE);

  private static final Duration CLUSTER_REFRESH = Duration.ofSeconds(30);
  private static final Duration CLUSTER_REFRESH_PAUSE = Duration.ofSeconds(1);
  private static final Duration SHUTDOWN = Duration.ofSeconds(2);

  private final ClientResources resources;
  private final AbstractRedisClient client;
  private final Duration readTimeout;
  private final Queue<StatefulRedisClusterConnection<String, byte[]>> clusterConnections =
      new ConcurrentLinkedQueue<>();
  // why there is no connection; written by the client's event thread
  private volatile @Nullable Throwable reconnectFailure;

  private RedisConnections(RedisOptions options) {
    readTimeout = options.readTimeout();
    resources = resources(readTimeout);
    resources.eventBus().get().subscribe(this::observe);
    client = options.cluster() ? cluster(options) : server(options);
  }

  /** Makes the client. Opens nothing yet. */
  static RedisConnections of(RedisOptions options) {
    return new RedisConnections(options);
  }

  private static ClientResources resources(Duration readTimeout) {
    return ClientResources.builder()
        .reconnectDelay(() -> Delay.fullJitter(1, 1_000, 10, TimeUnit.MILLISECONDS))
        .nettyCustomizer(
            new NettyCustomizer() {
              @Override
              public void afterChannelInitialized(Channel channel) {
                channel.pipeline().addFirst(new SilenceBreaker(readTimeout.multipliedBy(2)));
              }
            })
        .build();
  }

  private AbstractRedisClient server(RedisOptions options) {
    RedisClient server = RedisClient.create(resources, options.uris().get(0));
    server.setOptions(common(ClientOptions.builder(), options).build());
    return server;
  }

  private AbstractRedisClient cluster(RedisOptions options) {
    RedisClusterClient cluster = RedisClusterClient.create(resources, options.uris());
    ClusterClientOptions.Builder builder = ClusterClientOptions.builder();
    common(builder, options);
    cluster.setOptions(
        builder
            .topologyRefreshOptions(
                ClusterTopologyRefreshOptions.builder()
                    .enablePeriodicRefresh(CLUSTER_REFRESH)
                    .adaptiveRefreshTriggersTimeout(CLUSTER_REFRESH_PAUSE)
                    .build())
            .build());
    return cluster;
  }

  private static ClientOptions.Builder common(ClientOptions.Builder builder, RedisOptions options) {
    SocketOptions socket =
        SocketOptions.builder().connectTimeout(options.dialTimeout()).keepAlive(true).build();
    return builder
        // The client's default keeps commands and sends those under way again after a reconnect.
        .disconnectedBehavior(DisconnectedBehavior.REJECT_COMMANDS)
        .maintNotificationsConfig(MaintNotificationsConfig.disabled())
        .socketOptions(socket)
        .sslOptions(ssl(options.tls()))
        .timeoutOptions(TimeoutOptions.enabled(options.readTimeout()));
  }

  private static SslOptions ssl(RedisOptions.Tls tls) {
    return SslOptions.builder()
        .sslContext(
            context -> {
              if (tls.certificate() != null && tls.key() != null) {
                context.keyManager(pem(tls.certificate()), pem(tls.key().reveal()));
              }
              if (tls.authority() != null) {
                context.trustManager(pem(tls.authority()));
              }
            })
        .build();
  }

  private static InputStream pem(String text) {
    return new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8));
  }

  private void observe(Object event) {
    if (event instanceof ReconnectFailedEvent failed) {
      reconnectFailure = failed.getCause();
    } else if (event instanceof ConnectionActivatedEvent) {
      reconnectFailure = null;
    } else if (event instanceof ClusterTopologyChangedEvent) {
      clusterConnections.forEach(
          RedisConnections::masters); // a new node must not refuse its first command
    }
  }

  /** Returns why the last attempt to reconnect failed; null while all is well. */
  @Nullable Throwable reconnectFailure() {
    return reconnectFailure;
  }

  /** Opens a connection and waits until it stands; on a cluster, to every master. */
  StatefulConnection<String, byte[]> connect() {
    if (client instanceof RedisClusterClient cluster) {
      StatefulRedisClusterConnection<String, byte[]> connection = cluster.connect(CODEC);
      clusterConnections.add(connection);
      masters(connection).forEach(CompletableFuture::join);
      return connection;
    }
    return ((RedisClient) client).connect(CODEC);
  }

  /** Opens a connection for messages, on a cluster to any node, and waits until it stands. */
  StatefulRedisPubSubConnection<String, byte[]> connectPubSub() {
    return client instanceof RedisClusterClient cluster
        ? cluster.connectPubSub(CODEC)
        : ((RedisClient) client).connectPubSub(CODEC);
  }

  /** Returns the commands of every server that takes writes, opening what connection is missing. */
  static List<RedisClusterAsyncCommands<String, byte[]>> masters(
      StatefulConnection<String, byte[]> connection) {
    return connection instanceof StatefulRedisClusterConnection<String, byte[]> cluster
        ? masters(cluster).stream()
            .<RedisClusterAsyncCommands<String, byte[]>>map(master -> master.join().async())
            .toList()
        : List.of(commands(connection));
  }

  /** Waits for an answer, as long as commands may take. */
  static <T> T await(CompletionStage<T> answer) {
    return answer.toCompletableFuture().join();
  }

  /**
   * Returns the connections that carry the commands of a cluster's slots, opening what is missing.
   */
  private static List<CompletableFuture<StatefulRedisConnection<String, byte[]>>> masters(
      StatefulRedisClusterConnection<String, byte[]> cluster) {
    return cluster.getPartitions().stream()
        .filter(node -> node.getRole().isUpstream() && !node.getSlots().isEmpty())
        .map(node -> connection(cluster, node))
        .toList();
  }

  /** Returns the connection that the commands for a node's slots take. */
  static CompletableFuture<StatefulRedisConnection<String, byte[]>> connection(
      StatefulRedisClusterConnection<String, byte[]> cluster, RedisClusterNode node) {
    return cluster.getConnectionAsync(node.getUri().getHost(), node.getUri().getPort());
  }

  /** Closes one connection before the client is closed. */
  CompletionStage<Void> disconnect(StatefulConnection<String, byte[]> connection) {
    clusterConnections.remove(connection);
    return connection.closeAsync();
  }

  boolean isCluster() {
    return client instanceof RedisClusterClient;
  }

  Duration readTimeout() {
    return readTimeout;
  }

  /** Returns the commands that one server and a cluster both have. */
  static RedisClusterAsyncCommands<String, byte[]> commands(
      StatefulConnection<String, byte[]> connection) {
    return connection instanceof StatefulRedisClusterConnection<String, byte[]> cluster
        ? cluster.async()
        : ((StatefulRedisConnection<String, byte[]>) connection).async();
  }

  /**
   * Waits until what was sent before is answered, as long as commands may take. Answers come in the
   * order of the commands, so an answer to one more command says that the others are done.
   */
  static void drain(StatefulConnection<String, byte[]> connection) {
    List<CompletableFuture<?>> last =
        connection instanceof StatefulRedisClusterConnection<String, byte[]> cluster
            ? masters(cluster).stream()
                .<CompletableFuture<?>>map(
                    master -> master.thenCompose(connected -> connected.async().ping()))
                .toList()
            : List.of(commands(connection).ping().toCompletableFuture());
    // An unreachable server fails its ping; then there is nothing left to wait for either.
    CompletableFuture.allOf(last.toArray(new CompletableFuture<?>[0]))
        .exceptionally(failure -> null)
        .join();
  }

  /** Closes every connection and ends the client's threads. */
  @Override
  public void close() {
    // Before the client does it: that one closes the nodes' connections twice, and warns of itself.
    clusterConnections.forEach(StatefulRedisClusterConnection::close);
    client.shutdown(Duration.ZERO, SHUTDOWN);
    resources
        .shutdown(0, SHUTDOWN.toMillis(), TimeUnit.MILLISECONDS)
        .awaitUninterruptibly(SHUTDOWN.toMillis());
  }
}
