package dev.inboard.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.inboard.Inboard;
import dev.inboard.InboardBuilder;
import dev.inboard.pubsub.Outcome;
import dev.inboard.state.StateChange;
import dev.inboard.state.StateStore;
import dev.inboard.test.server.KafkaBroker;
import dev.inboard.test.server.RabbitMqServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** An outbox whose topic the broker does not have, or does not give. */
class OutboxTopicIT {
  private static final Duration LONG = Duration.ofMinutes(2);

  @RegisterExtension
  static final KafkaBroker kafka = KafkaBroker.create("auto.create.topics.enable=false");

  @RegisterExtension static final RabbitMqServer rabbit = RabbitMqServer.shared();

  @TempDir Path folder;
  private final String topic = "sold-" + UUID.randomUUID();
  private final Queue<String> handled = new ConcurrentLinkedQueue<>();
  private final Logger logger = (Logger) LoggerFactory.getLogger("dev.inboard.internal.outbox");
  private final ListAppender<ILoggingEvent> logged = new ListAppender<>();

  @BeforeEach
  void listen() {
    logged.start();
    logger.addAppender(logged);
  }

  @AfterEach
  void stopListening() {
    logger.detachAppender(logged);
  }

  private void bus(String type, Map<String, String> metadata) throws IOException {
    StringBuilder yaml = new StringBuilder();
    metadata.forEach(
        (name, value) -> yaml.append("    - {name: %s, value: '%s'}\n".formatted(name, value)));
    Files.writeString(
        folder.resolve("bus.yaml"),
        """
        apiVersion: dapr.io/v1alpha1
        kind: Component
        metadata: {name: bus}
        spec:
          type: %s
          version: v1
          initTimeout: 2m
          metadata:
        %s"""
            .formatted(type, yaml));
  }

  private InboardBuilder builder() throws IOException {
    Files.writeString(
        folder.resolve("shelf.yaml"),
        """
        apiVersion: dapr.io/v1alpha1
        kind: Component
        metadata: {name: shelf}
        spec:
          type: state.sqlite
          version: v1
          metadata:
            - {name: connectionString, value: "%s"}
            - {name: outboxPublishPubsub, value: bus}
            - {name: outboxPublishTopic, value: %s}
        """
            .formatted(folder.resolve("shelf.db"), topic));
    return Inboard.builder().appId("shop").resources(folder);
  }

  private void write(StateStore shelf, String... values) {
    for (String value : values) {
      shelf.transaction(List.of(StateChange.save(value.substring(0, 1), value)));
    }
  }

  /** What can be done about it, between two runs of the application. */
  private interface Cure {
    void apply() throws Exception;
  }

  private void waitsFor(Cure cure, String... told) throws Exception {
    try (Inboard inboard = builder().start()) {
      write(inboard.stateStore("shelf"), "a1", "a2", "b1");
      await()
          .atMost(LONG)
          .untilAsserted(
              () ->
                  assertThat(List.copyOf(logged.list))
                      .extracting(ILoggingEvent::getFormattedMessage)
                      .anySatisfy(
                          line ->
                              assertThat(line)
                                  .contains("shelf (state.sqlite)", "key 'a'", "it stays", topic)
                                  .contains(told)));
    }
    cure.apply();
    try (Inboard inboard =
        builder()
            .subscribe(
                "bus",
                topic,
                String.class,
                event -> {
                  handled.add(event.data());
                  return Outcome.SUCCESS;
                })
            .start()) {
      write(inboard.stateStore("shelf"), "a3");
      await()
          .atMost(LONG)
          .untilAsserted(() -> assertThat(handled).contains("a1", "a2", "a3", "b1"));
    }
    assertThat(handled.stream().filter(value -> value.startsWith("a")).distinct())
        .containsExactly("a1", "a2", "a3");
  }

  @Test
  @DisplayName(
      "Kafka creates no topics: the events wait, also through a restart, until there is it")
  void topicIsMissingAtKafka() throws Exception {
    bus(
        "pubsub.kafka",
        Map.of("brokers", kafka.address(), "authType", "none", "initialOffset", "oldest"));
    waitsFor(
        () -> {
          try (Admin admin = Admin.create(Map.of("bootstrap.servers", kafka.address()))) {
            admin
                .createTopics(List.of(new NewTopic(topic, 1, (short) 1)))
                .all()
                .get(60, TimeUnit.SECONDS);
          }
        },
        "NOT_FOUND",
        "the topic does not exist and the broker does not create it");
  }

  private Map<String, String> rabbit(String uri, String declares) {
    return Map.of(
        "connectionString",
        uri,
        "exchangeKind",
        "topic",
        "deletedWhenUnused",
        "false",
        "declareTopology",
        declares);
  }

  @Test
  @DisplayName("RabbitMQ has no such exchange: the events wait, and come when there is one")
  void exchangeIsMissingAtRabbitMq() throws Exception {
    bus("pubsub.rabbitmq", rabbit(rabbit.uri(), "false"));
    waitsFor(() -> bus("pubsub.rabbitmq", rabbit(rabbit.uri(), "true")), "NOT_FOUND");
  }

  @Test
  @DisplayName("RabbitMQ forbids the topic: the events wait, and come when it is allowed")
  void topicIsForbiddenAtRabbitMq() throws Exception {
    String user = "seller-" + UUID.randomUUID();
    rabbit.ctl("add_user", user, "word");
    rabbit.ctl("set_permissions", user, "^nothing$", "^nothing$", "^nothing$");
    bus("pubsub.rabbitmq", rabbit("amqp://" + user + ":word@127.0.0.1:" + rabbit.port(), "true"));
    waitsFor(() -> rabbit.ctl("set_permissions", user, ".*", ".*", ".*"), "PERMISSION_DENIED");
  }
}
