package dev.inboard.rabbitmq;

import dev.inboard.test.server.RabbitMqServer;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Both suites on RabbitMQ 4, whichever version the other tests run on. */
class RabbitMq4IT {
  @RegisterExtension static final RabbitMqServer rabbit4 = RabbitMqServer.version4();

  @Nested
  class PubSubPromises extends RabbitMqPubSubConformanceIT {
    @Override
    RabbitMqServer broker() {
      return rabbit4;
    }
  }

  @Nested
  class BindingPromises extends RabbitMqBindingConformanceIT {
    @Override
    RabbitMqServer broker() {
      return rabbit4;
    }
  }
}
