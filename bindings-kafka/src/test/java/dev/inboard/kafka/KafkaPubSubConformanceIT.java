package dev.inboard.kafka;

import dev.inboard.spi.Feature;
import dev.inboard.spi.conformance.PubSubConformance;
import dev.inboard.spi.pubsub.PubSubDriver;
import dev.inboard.test.server.KafkaBroker;
import java.util.Set;
import org.junit.jupiter.api.extension.RegisterExtension;

class KafkaPubSubConformanceIT extends PubSubConformance {
  @RegisterExtension static final KafkaBroker kafka = KafkaBroker.shared();

  @Override
  protected PubSubDriver openDriver(String consumerId) {
    return TestComponents.pubSub(
        "brokers", kafka.address(), "consumerID", consumerId, "isolationLevel", "read-committed");
  }

  @Override
  protected String freshTopic() {
    return TestComponents.freshTopic(kafka.address(), 3);
  }

  @Override
  public Set<Feature> expectedFeatures() {
    return Set.of(
        Feature.ORDER_PER_KEY,
        Feature.RETAINED_MESSAGES,
        Feature.TRANSACTIONAL_PUBLISH,
        Feature.DURABLE);
  }

  @Override
  public int maxMessageBytes() {
    return 1 << 20;
  }
}
