package dev.inboard.redis;

import dev.inboard.spi.Durability;
import io.lettuce.core.api.StatefulConnection;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What the servers' own settings make of an acknowledged write. */
final class RedisDurability {
  private static final Logger LOG = LoggerFactory.getLogger(RedisDurability.class);

  private RedisDurability() {}

  /**
   * Asks every server that takes writes. Blocks.
   *
   * @return what all of them keep; null when one of them forgets by a restart, or this user may not
   *     ask
   */
  static @Nullable Durability of(StatefulConnection<String, byte[]> connection) {
    Durability least = Durability.FSYNC;
    try {
      for (RedisClusterAsyncCommands<String, byte[]> server :
          RedisConnections.masters(connection)) {
        if (!RedisConnections.await(server.info("persistence")).contains("aof_enabled:1")) {
          return null;
        }
        String sync = RedisConnections.await(server.configGet("appendfsync")).get("appendfsync");
        if (!"always".equals(sync)) {
          least = Durability.OS_BUFFER;
        }
      }
      return least;
    } catch (CompletionException e) {
      LOG.debug("the server does not tell how it keeps what it was told", e);
      return null;
    }
  }
}
