package dev.inboard.rabbitmq;

import dev.inboard.spi.Feature;
import dev.inboard.spi.conformance.PubSubConformance;
import dev.inboard.spi.pubsub.PubSubDriver;
import dev.inboard.test.server.RabbitMqServer;
import java.util.Set;
import org.junit.jupiter.api.extension.RegisterExtension;

class RabbitMqPubSubConformanceIT extends PubSubConformance {
  @RegisterExtension static final RabbitMqServer rabbit = RabbitMqServer.shared();

  /** Returns the broker that is used. */
  RabbitMqServer broker() {
    return rabbit;
  }

  @Override
  protected PubSubDriver openDriver(String consumerId) {
    return TestComponents.pubSub(
        broker().uri(), "consumerID", consumerId, "deletedWhenUnused", "false");
  }

  @Override
  public Set<Feature> expectedFeatures() {
    return Set.of(
        Feature.MESSAGE_TTL, Feature.DELAYED_PUBLISH, Feature.RETAINED_MESSAGES, Feature.DURABLE);
  }
}
