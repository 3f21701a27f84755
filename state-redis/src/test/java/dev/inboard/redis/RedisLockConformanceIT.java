package dev.inboard.redis;

import dev.inboard.spi.Feature;
import dev.inboard.spi.conformance.LockConformance;
import dev.inboard.spi.lock.LockDriver;
import dev.inboard.test.server.RedisServer;
import java.util.Set;
import org.junit.jupiter.api.extension.RegisterExtension;

class RedisLockConformanceIT extends LockConformance {
  @RegisterExtension static final RedisServer redis = RedisServer.shared();

  @Override
  protected LockDriver openDriver() {
    return TestComponents.locks("redisHost", redis.address());
  }

  @Override
  protected Set<Feature> expectedFeatures() {
    return Set.of(Feature.DURABLE);
  }
}
