package dev.inboard.redis;

import dev.inboard.spi.Feature;
import dev.inboard.spi.conformance.StateStoreConformance;
import dev.inboard.spi.state.StateStoreDriver;
import dev.inboard.test.server.RedisServer;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.extension.RegisterExtension;

class RedisStateStoreConformanceIT extends StateStoreConformance {
  @RegisterExtension static final RedisServer redis = RedisServer.shared();

  @Override
  protected StateStoreDriver openDriver() {
    return TestComponents.stateStore("redisHost", redis.address());
  }

  @Override
  public Set<Feature> expectedFeatures() {
    Set<Feature> features = new HashSet<>(TestComponents.STATE_FEATURES);
    features.add(Feature.OUTBOX);
    return features;
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
