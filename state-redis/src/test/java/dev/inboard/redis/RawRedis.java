package dev.inboard.redis;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.lettuce.core.api.StatefulConnection;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;

/** A client that knows nothing of components: what others do on the same server. */
final class RawRedis implements AutoCloseable {
  private final RedisConnections client;
  private final StatefulConnection<String, byte[]> connection;

  private RawRedis(RedisConnections client) {
    this.client = client;
    this.connection = client.connect();
  }

  /** Connects by the fields of a component and their values in turn. */
  static RawRedis connect(String... fields) {
    return new RawRedis(
        RedisConnections.of(RedisOptions.from(TestComponents.spec("raw", "raw", fields))));
  }

  RedisClusterAsyncCommands<String, byte[]> commands() {
    return RedisConnections.commands(connection);
  }

  void set(String key, String value) {
    TestComponents.await(commands().set(key, value.getBytes(UTF_8)));
  }

  void delete(String key) {
    TestComponents.await(commands().del(key));
  }

  @Override
  public void close() {
    client.close();
  }
}
