package dev.inboard.redis;

import dev.inboard.spi.Feature;
import dev.inboard.spi.configuration.ConfigurationDriver;
import dev.inboard.spi.conformance.ConfigurationConformance;
import dev.inboard.test.server.RedisServer;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.extension.RegisterExtension;

class RedisConfigurationConformanceIT extends ConfigurationConformance {
  @RegisterExtension static final RedisServer redis = RedisServer.shared();
  private static RawRedis raw;

  @BeforeAll
  static void connect() {
    raw = RawRedis.connect("redisHost", redis.address());
  }

  @AfterAll
  static void disconnect() {
    raw.close();
  }

  @Override
  protected ConfigurationDriver openDriver() {
    return TestComponents.configuration("redisHost", redis.address());
  }

  @Override
  protected Set<Feature> expectedFeatures() {
    return Set.of(Feature.CONFIGURATION_WRITES, Feature.DURABLE);
  }

  @Override
  protected void put(String key, String value, String version) {
    raw.set(key, version.isEmpty() ? value : value + "||" + version);
  }

  @Override
  protected void remove(String key) {
    raw.delete(key);
  }
}
