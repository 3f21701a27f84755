package dev.inboard.redis;

import io.lettuce.core.AbstractRedisClient;
import io.lettuce.core.ClientOptions;
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
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.codec.RedisCodec;
import io.lettuce.core.codec.StringCodec;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/**
 * The client of one component and the connections it opens.
 *
 * <p>Connections re-establish themselves in the background, and find the new master after a failover.
 * A command that was under way when its connection broke is not sent again: it may have taken effect,
 * and only the caller knows whether it may be repeated. It fails with {@code UNAVAILABLE}.
 */
final class RedisConnections implements AutoCloseable {
  /** Keys are text, values are bytes. */
  static final RedisCodec<String, byte[]> CODEC =
      RedisCodec.of(StringCodec.UTF8, ByteArrayCodec.INSTANCE);

  private static final Duration REFRESH = Duration.ofSeconds(30);

  private final AbstractRedisClient client;

  private RedisConnections(AbstractRedisClient client) {
    this.client = client;
  }

  /** Makes the client. Opens nothing yet. */
  static RedisConnections of(RedisOptions options) {
    if (!options.cluster()) {
      RedisClient client = RedisClient.create(options.uris().get(0));
      client.setOptions(common(ClientOptions.builder(), options).build());
      return new RedisConnections(client);
    }
    RedisClusterClient client = RedisClusterClient.create(options.uris());
    ClusterClientOptions.Builder cluster = ClusterClientOptions.builder();
    common(cluster, options);
    client.setOptions(
        cluster
            .topologyRefreshOptions(
                ClusterTopologyRefreshOptions.builder()
                    .enablePeriodicRefresh(REFRESH)
                    .build())
            .build());
    return new RedisConnections(client);
  }

  private static ClientOptions.Builder common(ClientOptions.Builder builder, RedisOptions options) {
    SocketOptions socket =
        SocketOptions.builder().connectTimeout(options.dialTimeout()).keepAlive(true).build();
    return builder
        .replayFilter(command -> true)
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

  /** Opens a connection and waits until it stands. */
  StatefulConnection<String, byte[]> connect() {
    return client instanceof RedisClusterClient cluster
        ? cluster.connect(CODEC)
        : ((RedisClient) client).connect(CODEC);
  }

  boolean isCluster() {
    return client instanceof RedisClusterClient;
  }

  /** Returns the commands that one server and a cluster both have. */
  static RedisClusterAsyncCommands<String, byte[]> commands(
      StatefulConnection<String, byte[]> connection) {
    return connection instanceof StatefulRedisClusterConnection<String, byte[]> cluster
        ? cluster.async()
        : ((StatefulRedisConnection<String, byte[]>) connection).async();
  }

  /** Closes every connection and ends the client's threads. */
  @Override
  public void close() {
    client.shutdown(Duration.ZERO, Duration.ofSeconds(2));
  }
}
