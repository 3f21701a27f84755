package dev.inboard.local;

import dev.inboard.spi.ComponentSpec;
import dev.inboard.spi.Feature;
import dev.inboard.spi.conformance.PubSubConformance;
import dev.inboard.spi.pubsub.PubSubDriver;
import java.time.Duration;
import java.util.Map;
import java.util.Set;

class InMemoryPubSubConformanceTest extends PubSubConformance {
  @Override
  protected PubSubDriver openDriver(String consumerId) {
    return new InMemoryPubSubProvider()
        .open(ComponentSpec.of("bus", "pubsub.in-memory", Map.of("consumerID", consumerId)));
  }

  @Override
  public Set<Feature> expectedFeatures() {
    return Set.of(
        Feature.ORDER_PER_KEY,
        Feature.RETAINED_MESSAGES,
        Feature.DELAYED_PUBLISH,
        Feature.TRANSACTIONAL_PUBLISH);
  }

  @Override
  public Duration quietTime() {
    return Duration.ofMillis(300);
  }
}
