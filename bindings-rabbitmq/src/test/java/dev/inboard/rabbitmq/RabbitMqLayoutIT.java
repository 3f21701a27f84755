package dev.inboard.rabbitmq;

import static dev.inboard.rabbitmq.TestComponents.pubSub;
import static dev.inboard.rabbitmq.TestComponents.publish;
import static dev.inboard.rabbitmq.TestComponents.subscribe;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.rabbitmq.client.AMQP.BasicProperties;
import com.rabbitmq.client.GetResponse;
import dev.inboard.spi.pubsub.InboundMessage;
import dev.inboard.spi.pubsub.OutboundMessage;
import dev.inboard.spi.pubsub.PubSubDriver;
import dev.inboard.test.server.RabbitMqServer;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * What a sidecar declares, sends and understands. A declaration with other arguments than those
 * that exist is refused by the broker, so declaring again as a sidecar does proves that they are
 * the same.
 */
class RabbitMqLayoutIT {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @RegisterExtension static final RabbitMqServer rabbit = RabbitMqServer.shared();

  private final String topic = "orders-" + UUID.randomUUID();
  private RawBroker raw;

  @BeforeEach
  void connect() throws Exception {
    raw = new RawBroker(rabbit.uri());
  }

  @AfterEach
  void disconnect() {
    raw.close();
  }

  @Test
  @DisplayName(
      "by default: a durable fanout exchange and a durable classic queue, both auto-delete")
  void defaultsAreDaprs() throws Exception {
    try (PubSubDriver driver = pubSub(rabbit.uri(), "consumerID", "shop")) {
      subscribe(driver, topic, 1, Arrivals.acknowledged());
      raw.channel().exchangeDeclare(topic, "fanout", true, true, null);
      raw.channel()
          .queueDeclare("shop-" + topic, true, false, true, Map.of("x-queue-type", "classic"));
    }
  }

  @Test
  @DisplayName("the app id is the consumerID of a component without one")
  void appIdIsTheConsumerId() throws Exception {
    try (PubSubDriver driver = pubSub(rabbit.uri())) {
      subscribe(driver, topic, 1, Arrivals.acknowledged());
      raw.channel().queueDeclarePassive("app-" + topic);
    }
  }

  @Test
  @DisplayName("dead letters, limits and a name of its own are declared as a sidecar does")
  void everyArgumentIsDaprs() throws Exception {
    String queue = "named-" + topic;
    try (PubSubDriver driver =
        pubSub(
            rabbit.uri(),
            "deletedWhenUnused",
            "false",
            "exchangeKind",
            "topic",
            "enableDeadLetter",
            "true",
            "maxLen",
            "100",
            "maxLenBytes",
            "100000")) {
      subscribe(
          driver,
          topic,
          1,
          Arrivals.acknowledged(),
          "queueName",
          queue,
          "routingKey",
          "a.*,,b",
          "maxPriority",
          "999",
          "singleActiveConsumer",
          "true",
          "maxLen",
          "50");
      raw.channel().exchangeDeclare(topic, "topic", true, false, null);
      Map<String, Object> arguments = new HashMap<>();
      arguments.put("x-queue-type", "classic");
      arguments.put("x-max-length", 50);
      arguments.put("x-max-length-bytes", 100000);
      arguments.put("x-max-priority", 255);
      arguments.put("x-single-active-consumer", true);
      arguments.put("x-dead-letter-exchange", "dlx-" + queue);
      raw.channel().queueDeclare(queue, true, false, false, arguments);
      raw.channel().exchangeDeclare("dlx-" + queue, "fanout", true, false, null);
      Map<String, Object> deadLetters = new HashMap<>();
      deadLetters.put("x-queue-mode", "lazy");
      deadLetters.put("x-max-length", 100);
      deadLetters.put("x-max-length-bytes", 100000);
      raw.channel().queueDeclare("dlq-" + queue, true, false, false, deadLetters);
    }
    assertThat(rabbit.ctl("list_bindings", "source_name", "destination_name", "routing_key"))
        .contains(topic + "\t" + queue + "\ta.*", topic + "\t" + queue + "\tb")
        .containsPattern(topic + "\t" + queue + "\t\\s*\\n");
  }

  @Test
  @DisplayName("a quorum queue has a quorum queue for its dead letters")
  void quorumQueueHasQuorumDeadLetters() throws Exception {
    try (PubSubDriver driver =
        pubSub(rabbit.uri(), "deletedWhenUnused", "false", "enableDeadLetter", "true")) {
      subscribe(driver, topic, 1, Arrivals.acknowledged(), "queueType", "quorum");
      Map<String, Object> quorum = Map.of("x-queue-type", "quorum");
      raw.channel().queueDeclare("dlq-app-" + topic, true, false, false, quorum);
    }
  }

  @Test
  @DisplayName(
      "a message is sent as text/plain, persistent, with Dapr's properties; the rest is headers")
  void messageIsDaprs() throws Exception {
    try (PubSubDriver driver = pubSub(rabbit.uri(), "deletedWhenUnused", "false")) {
      publish(driver, topic, "declares the exchange");
      String queue = raw.tap(topic, "");
      Map<String, String> metadata =
          Map.of(
              "messageID",
              "17",
              "correlationID",
              "c",
              "type",
              "order",
              "priority",
              "300",
              "note",
              "n",
              "routingKey",
              "k");
      TestComponents.await(
          driver.publish(
              new OutboundMessage(
                  topic,
                  "{}".getBytes(UTF_8),
                  "application/cloudevents+json",
                  metadata,
                  Duration.ofSeconds(90),
                  null)));
      GetResponse message = raw.take(queue);
      BasicProperties properties = message.getProps();
      assertThat(properties.getContentType()).isEqualTo("text/plain");
      assertThat(properties.getDeliveryMode()).isEqualTo(2);
      assertThat(properties.getExpiration()).isEqualTo("90000");
      assertThat(properties.getMessageId()).isEqualTo("17");
      assertThat(properties.getCorrelationId()).isEqualTo("c");
      assertThat(properties.getType()).isEqualTo("order");
      assertThat(properties.getPriority()).isEqualTo(255);
      assertThat(properties.getHeaders().keySet()).containsExactly("note");
      assertThat(message.getEnvelope().getRoutingKey()).isEqualTo("k");
    }
  }

  @Test
  @DisplayName(
      "delivery mode, time to live and content type come from the fields when they are there")
  void fieldsReachTheMessage() throws Exception {
    try (PubSubDriver driver =
        pubSub(
            rabbit.uri(),
            "deletedWhenUnused",
            "false",
            "deliveryMode",
            "0",
            "ttlInSeconds",
            "10")) {
      publish(driver, topic, "declares the exchange");
      String queue = raw.tap(topic, "");
      TestComponents.await(
          driver.publish(
              new OutboundMessage(topic, new byte[1], "application/pdf", Map.of(), null, null)));
      BasicProperties properties = raw.take(queue).getProps();
      assertThat(properties.getContentType()).isEqualTo("application/pdf");
      assertThat(properties.getDeliveryMode()).isEqualTo(1);
      assertThat(properties.getExpiration()).isEqualTo("10000");
    }
  }

  @Test
  @DisplayName("a sidecar's message arrives, with its properties when the component asks for them")
  void sidecarsMessageArrives() throws Exception {
    try (PubSubDriver driver =
        pubSub(
            rabbit.uri(),
            "deletedWhenUnused",
            "false",
            "publishMessagePropertiesToMetadata",
            "true")) {
      Arrivals arrivals = Arrivals.acknowledged();
      subscribe(driver, topic, 1, arrivals);
      BasicProperties properties =
          new BasicProperties.Builder()
              .contentType("text/plain")
              .messageId("17")
              .correlationId("c")
              .type("order")
              .headers(Map.of("note", "n", "count", 3))
              .build();
      raw.send(topic, "key", properties, "{}".getBytes(UTF_8));
      await().atMost(PATIENCE).until(() -> !arrivals.messages().isEmpty());
      InboundMessage message = arrivals.messages().element();
      assertThat(message.id()).isEqualTo("17");
      assertThat(message.contentType()).isNull();
      assertThat(message.metadata())
          .isEqualTo(
              Map.of(
                  "note",
                  "n",
                  "count",
                  "3",
                  "__routingKey",
                  "key",
                  "metadata.note",
                  "n",
                  "metadata.count",
                  "3",
                  "metadata.messageid",
                  "17",
                  "metadata.correlationid",
                  "c",
                  "metadata.type",
                  "order",
                  "metadata.contenttype",
                  "text/plain"));
    }
  }
}
