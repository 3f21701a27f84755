package dev.inboard.redis;

import dev.inboard.spi.Feature;
import dev.inboard.spi.conformance.PubSubConformance;
import dev.inboard.spi.pubsub.PubSubDriver;
import dev.inboard.test.server.RedisServer;
import java.util.Set;
import org.junit.jupiter.api.extension.RegisterExtension;

class RedisPubSubConformanceIT extends PubSubConformance {
  @RegisterExtension static final RedisServer redis = RedisServer.shared();

  @Override
  protected PubSubDriver openDriver(String consumerId) {
    return TestComponents.pubSub("redisHost", redis.address(), "consumerID", consumerId);
  }

  @Override
  public Set<Feature> expectedFeatures() {
    return Set.of(Feature.RETAINED_MESSAGES, Feature.DURABLE);
  }

  /** Netty's own, shared by all clients of the JVM. */
  @Override
  public boolean outlivesDrivers(Thread thread) {
    return thread.getName().startsWith("globalEventExecutor");
  }
}
