package dev.inboard.redis;

import dev.inboard.spi.Feature;
import dev.inboard.spi.configuration.ConfigurationDriver;
import dev.inboard.spi.conformance.ConfigurationConformance;
import dev.inboard.test.server.RedisCluster;
import dev.inboard.test.server.RedisServer;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.extension.RegisterExtension;

class RedisClusterConfigurationConformanceIT extends ConfigurationConformance {
  @RegisterExtension static final RedisCluster cluster = RedisCluster.create();
  private static RawRedis raw;

  private static String nodes() {
    return cluster.nodes().stream().map(RedisServer::address).collect(Collectors.joining(","));
  }

  @BeforeAll
  static void connect() {
    raw = RawRedis.connect("redisHost", nodes(), "redisType", "cluster");
  }

  @AfterAll
  static void disconnect() {
    raw.close();
  }

  @Override
  protected ConfigurationDriver openDriver() {
    return TestComponents.configuration(
        "redisHost", nodes(), "redisType", "cluster", "pollInterval", "50ms");
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
