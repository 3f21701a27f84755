package dev.inboard.redis;

import dev.inboard.spi.Feature;
import dev.inboard.spi.conformance.StateStoreConformance;
import dev.inboard.spi.state.StateStoreDriver;
import dev.inboard.test.server.RedisCluster;
import dev.inboard.test.server.RedisServer;
import java.time.Duration;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.extension.RegisterExtension;

class RedisClusterStateStoreConformanceIT extends StateStoreConformance {
  @RegisterExtension static final RedisCluster cluster = RedisCluster.create();

  @Override
  protected StateStoreDriver openDriver() {
    String nodes =
        cluster.nodes().stream().map(RedisServer::address).collect(Collectors.joining(","));
    return TestComponents.stateStore("redisHost", nodes, "redisType", "cluster");
  }

  @Override
  public Set<Feature> expectedFeatures() {
    return TestComponents.STATE_FEATURES;
  }

  @Override
  public boolean expectsBulk() {
    return true;
  }

  @Override
  public Duration ttlStep() {
    return Duration.ofMillis(50);
  }

  @Override
  public boolean mayRepeatKeys() {
    return true;
  }
}
