package dev.inboard.redis;

import dev.inboard.spi.ComponentSpec;
import dev.inboard.spi.Feature;
import dev.inboard.spi.conformance.StateStoreConformance;
import dev.inboard.spi.state.StateStoreDriver;
import java.time.Duration;
import java.util.Map;
import java.util.Set;

class RedisStateStoreConformanceTest extends StateStoreConformance {
  @Override
  protected StateStoreDriver openDriver() {
    return new RedisStateStoreProvider()
        .open(ComponentSpec.of("orders", "state.redis", Map.of("redisHost", "127.0.0.1:7379")));
  }

  @Override
  public Set<Feature> expectedFeatures() {
    return Set.of(
        Feature.ETAG, Feature.TRANSACTIONAL, Feature.TTL, Feature.KEY_LISTING, Feature.DURABLE);
  }

  @Override
  public boolean expectsBulk() {
    return true;
  }

  @Override
  public Duration ttlStep() {
    return Duration.ofMillis(50);
  }
}
