package dev.inboard.redis;

import dev.inboard.spi.Feature;
import dev.inboard.spi.conformance.LockConformance;
import dev.inboard.spi.lock.LockDriver;
import dev.inboard.test.server.RedisCluster;
import dev.inboard.test.server.RedisServer;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.extension.RegisterExtension;

class RedisClusterLockConformanceIT extends LockConformance {
  @RegisterExtension static final RedisCluster cluster = RedisCluster.create();

  @Override
  protected LockDriver openDriver() {
    String nodes =
        cluster.nodes().stream().map(RedisServer::address).collect(Collectors.joining(","));
    return TestComponents.locks("redisHost", nodes, "redisType", "cluster");
  }

  @Override
  protected Set<Feature> expectedFeatures() {
    return Set.of(Feature.DURABLE);
  }
}
