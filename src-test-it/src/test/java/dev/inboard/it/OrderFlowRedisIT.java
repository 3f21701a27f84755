package dev.inboard.it;

import dev.inboard.test.server.RedisServer;
import java.util.Map;
import org.junit.jupiter.api.extension.RegisterExtension;

/** {@link OrderFlow} on the folder {@code redis}. */
class OrderFlowRedisIT extends OrderFlow {
  @RegisterExtension static final RedisServer redis = RedisServer.shared();

  @Override
  String folder() {
    return "redis";
  }

  @Override
  Map<String, String> secrets() {
    return Map.of("redis", redis.address());
  }

  @Override
  boolean keepsOrderPerKey() {
    return false;
  }
}
