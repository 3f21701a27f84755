package dev.inboard.redis;

import dev.inboard.spi.Feature;
import dev.inboard.spi.conformance.PubSubConformance;
import dev.inboard.spi.pubsub.PubSubDriver;
import dev.inboard.test.server.RedisCluster;
import dev.inboard.test.server.RedisServer;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.extension.RegisterExtension;

class RedisClusterPubSubConformanceIT extends PubSubConformance {
  @RegisterExtension static final RedisCluster cluster = RedisCluster.create();

  @Override
  protected PubSubDriver openDriver(String consumerId) {
    String nodes =
        cluster.nodes().stream().map(RedisServer::address).collect(Collectors.joining(","));
    return TestComponents.pubSub(
        "redisHost", nodes, "redisType", "cluster", "consumerID", consumerId);
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
