package dev.inboard.kafka;

import static dev.inboard.kafka.TestComponents.await;

import dev.inboard.spi.Feature;
import dev.inboard.spi.bindings.BindingDriver;
import dev.inboard.spi.bindings.OutputBindingDriver;
import dev.inboard.spi.conformance.BindingConformance;
import dev.inboard.test.server.KafkaBroker;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.extension.RegisterExtension;

class KafkaBindingConformanceIT extends BindingConformance {
  @RegisterExtension static final KafkaBroker kafka = KafkaBroker.shared();

  private final String topic = TestComponents.freshTopic(kafka.address(), 3);
  private final OutputBindingDriver world =
      (OutputBindingDriver)
          TestComponents.binding("brokers", kafka.address(), "publishTopic", topic);

  @org.junit.jupiter.api.AfterEach
  void closeWorld() {
    world.close();
  }

  @Override
  protected BindingDriver openDriver() {
    return TestComponents.binding(
        "brokers",
        kafka.address(),
        "topics",
        topic,
        "publishTopic",
        topic,
        "consumerGroup",
        "readers-" + topic);
  }

  @Override
  public Set<Feature> expectedFeatures() {
    return Set.of(Feature.DURABLE);
  }

  @Override
  public Set<String> expectedOperations() {
    return Set.of("create");
  }

  @Override
  public boolean expectsInput() {
    return true;
  }

  @Override
  public Map<String, String> naming(String thing) {
    return Map.of("partitionKey", thing);
  }

  /** Each with a key of its own: events of one key wait for each other. */
  @Override
  public void causeEvent() {
    await(
        world.invoke(
            new OutputBindingDriver.Request(
                "create", new byte[] {1}, Map.of("partitionKey", UUID.randomUUID().toString()))));
  }
}
