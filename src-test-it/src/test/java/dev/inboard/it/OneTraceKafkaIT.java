package dev.inboard.it;

import dev.inboard.test.server.KafkaBroker;
import org.junit.jupiter.api.extension.RegisterExtension;

/** {@link OneTrace} over Kafka. */
class OneTraceKafkaIT extends OneTrace {
  @RegisterExtension static final KafkaBroker kafka = KafkaBroker.shared();

  @Override
  String bus() {
    return """
    apiVersion: dapr.io/v1alpha1
    kind: Component
    metadata: {name: bus}
    spec:
      type: pubsub.kafka
      version: v1
      initTimeout: 2m
      metadata:
        - {name: brokers, value: "%s"}
        - {name: authType, value: none}
        - {name: initialOffset, value: oldest}
    """
        .formatted(kafka.bootstrapServers());
  }
}
