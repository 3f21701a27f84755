package dev.inboard.test.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import com.rabbitmq.client.GetResponse;
import com.rabbitmq.client.MessageProperties;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class RabbitMqServerIT {
  @RegisterExtension static final RabbitMqServer rabbit = RabbitMqServer.create();

  @Test
  void keepsConfirmedMessagesOverACrash() throws Exception {
    declareAndPublish("classic", "classic", 500);
    declareAndPublish("quorum", "quorum", 500);

    rabbit.kill();
    assertThat(rabbit.isRunning()).isFalse();
    rabbit.start();

    assertThat(drain("classic", 500)).isEqualTo(500);
    assertThat(drain("quorum", 500)).isEqualTo(500);
  }

  @Test
  void stallsAndGoesOn() throws Exception {
    try (Connection connection = connect();
        Channel channel = connection.createChannel()) {
      String queue = channel.queueDeclare().getQueue();
      channel.confirmSelect();
      rabbit.stall();
      try {
        channel.basicPublish("", queue, null, new byte[] {1});
        assertThatThrownBy(() -> channel.waitForConfirms(500)).isInstanceOf(TimeoutException.class);
      } finally {
        rabbit.resume();
      }
      channel.waitForConfirmsOrDie(30_000);
    }
  }

  @Test
  void runsItsControlTool() throws Exception {
    Connection connection = connect();
    rabbit.ctl("close_all_connections", "closed by the test");

    await().atMost(Duration.ofSeconds(30)).until(() -> !connection.isOpen());
    assertThat(connection.getCloseReason()).hasMessageContaining("closed by the test");
    assertThatThrownBy(() -> rabbit.ctl("no_such_command"))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("no_such_command");
  }

  @Test
  void givesEachTestAVirtualHost() throws Exception {
    ConnectionFactory factory = factory();
    factory.setVirtualHost(rabbit.createVirtualHost());

    try (Connection connection = factory.newConnection()) {
      assertThat(connection.isOpen()).isTrue();
    }
  }

  private static void declareAndPublish(String queue, String type, int count) throws Exception {
    try (Connection connection = connect();
        Channel channel = connection.createChannel()) {
      channel.queueDeclare(queue, true, false, false, Map.of("x-queue-type", type));
      rabbit.flushTopology();
      channel.confirmSelect();
      for (int i = 0; i < count; i++) {
        byte[] body = Integer.toString(i).getBytes(StandardCharsets.UTF_8);
        channel.basicPublish("", queue, MessageProperties.PERSISTENT_BASIC, body);
      }
      channel.waitForConfirmsOrDie(60_000);
    }
  }

  /** Takes messages in order; a queue may call itself empty for a moment after a restart. */
  private static int drain(String queue, int expected) throws Exception {
    try (Connection connection = connect();
        Channel channel = connection.createChannel()) {
      int[] drained = {0};
      await()
          .atMost(Duration.ofSeconds(60))
          .until(
              () -> {
                GetResponse message;
                while ((message = channel.basicGet(queue, true)) != null) {
                  assertThat(new String(message.getBody(), StandardCharsets.UTF_8))
                      .isEqualTo(Integer.toString(drained[0]++));
                }
                return drained[0] == expected;
              });
      return drained[0];
    }
  }

  private static Connection connect() throws Exception {
    return factory().newConnection();
  }

  private static ConnectionFactory factory() throws Exception {
    ConnectionFactory factory = new ConnectionFactory();
    factory.setUri(rabbit.uri());
    factory.setAutomaticRecoveryEnabled(false);
    return factory;
  }
}
