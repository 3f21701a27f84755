package dev.inboard.it;

import dev.inboard.test.server.RabbitMqServer;
import org.junit.jupiter.api.extension.RegisterExtension;

/** {@link OneTrace} over RabbitMQ. */
class OneTraceRabbitMqIT extends OneTrace {
  @RegisterExtension static final RabbitMqServer rabbit = RabbitMqServer.shared();

  @Override
  String bus() {
    return """
    apiVersion: dapr.io/v1alpha1
    kind: Component
    metadata: {name: bus}
    spec:
      type: pubsub.rabbitmq
      version: v1
      initTimeout: 2m
      metadata:
        - {name: connectionString, value: "%s"}
        - {name: durable, value: "true"}
    """
        .formatted(rabbit.uri());
  }
}
