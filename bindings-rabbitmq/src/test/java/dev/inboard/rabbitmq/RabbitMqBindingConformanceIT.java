package dev.inboard.rabbitmq;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import dev.inboard.spi.bindings.BindingDriver;
import dev.inboard.spi.conformance.BindingConformance;
import dev.inboard.test.server.RabbitMqServer;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.extension.RegisterExtension;

class RabbitMqBindingConformanceIT extends BindingConformance {
  @RegisterExtension static final RabbitMqServer rabbit = RabbitMqServer.shared();

  /** Returns the broker that is used. */
  RabbitMqServer broker() {
    return rabbit;
  }

  private final String queue = "events-" + UUID.randomUUID();
  private int events;

  @Override
  protected BindingDriver openDriver() {
    return TestComponents.binding(broker().uri(), queue);
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
    return Map.of("name", thing);
  }

  /** Sends with the raw client, since the driver may be closed already. */
  @Override
  public void causeEvent() throws Exception {
    ConnectionFactory factory = new ConnectionFactory();
    factory.setUri(broker().uri());
    try (Connection connection = factory.newConnection();
        Channel channel = connection.createChannel()) {
      byte[] body = ("event-" + events++).getBytes(StandardCharsets.UTF_8);
      channel.basicPublish("", queue, null, body);
    }
  }
}
