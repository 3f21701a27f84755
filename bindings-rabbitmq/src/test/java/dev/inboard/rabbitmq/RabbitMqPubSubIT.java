package dev.inboard.rabbitmq;

import static dev.inboard.rabbitmq.TestComponents.await;
import static dev.inboard.rabbitmq.TestComponents.message;
import static dev.inboard.rabbitmq.TestComponents.publish;
import static dev.inboard.rabbitmq.TestComponents.subscribe;
import static dev.inboard.rabbitmq.TestComponents.text;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import dev.inboard.common.ErrorCode;
import dev.inboard.common.InboardException;
import dev.inboard.spi.Durability;
import dev.inboard.spi.Feature;
import dev.inboard.spi.pubsub.DriverSubscription;
import dev.inboard.spi.pubsub.InboundMessage;
import dev.inboard.spi.pubsub.OutboundMessage;
import dev.inboard.spi.pubsub.PubSubDriver;
import dev.inboard.spi.pubsub.Settlement;
import dev.inboard.test.server.RabbitMqServer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What the conformance suite does not ask: RabbitMQ's own abilities, and mistakes. */
class RabbitMqPubSubIT {
  private static final Duration PATIENCE = Duration.ofSeconds(90);

  @RegisterExtension static final RabbitMqServer rabbit = RabbitMqServer.shared();

  private final String topic = "topic-" + UUID.randomUUID();
  private final List<AutoCloseable> opened = new ArrayList<>();
  private RawBroker raw;

  @BeforeEach
  void connect() throws Exception {
    raw = new RawBroker(rabbit.uri());
    opened.add(raw);
  }

  @AfterEach
  void close() throws Exception {
    for (AutoCloseable one : opened) {
      one.close();
    }
  }

  private PubSubDriver open(String... fields) {
    List<String> all = new ArrayList<>(List.of("deletedWhenUnused", "false"));
    all.addAll(List.of(fields));
    PubSubDriver driver = TestComponents.pubSub(rabbit.uri(), all.toArray(String[]::new));
    opened.add(driver);
    return driver;
  }

  private static void eventually(org.awaitility.core.ThrowingRunnable assertion) {
    await()
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(50))
        .ignoreExceptionsInstanceOf(InboardException.class)
        .untilAsserted(assertion);
  }

  private static InboardException failureOf(ThrowingCallable call) {
    InboardException failure = catchThrowableOfType(InboardException.class, call);
    assertThat(failure).as("a failure").isNotNull();
    return failure;
  }

  @Test
  @DisplayName("a more urgent message overtakes those that wait")
  void urgentMessageOvertakes() {
    PubSubDriver driver = open();
    CompletableFuture<Settlement> first = new CompletableFuture<>();
    Arrivals arrivals =
        Arrivals.settledBy(
            message ->
                text(message).equals("first")
                    ? first
                    : CompletableFuture.completedFuture(Settlement.ACKNOWLEDGE));
    subscribe(driver, topic, 1, arrivals, "maxPriority", "10");
    publish(driver, topic, "first");
    eventually(() -> assertThat(arrivals.times("first")).isEqualTo(1));
    publish(driver, topic, "usual");
    await(driver.publish(message(topic, "urgent").with(Map.of("priority", "9"))));
    first.complete(Settlement.ACKNOWLEDGE);
    eventually(
        () ->
            assertThat(arrivals.messages())
                .extracting(TestComponents::text)
                .containsExactly("first", "urgent", "usual"));
  }

  @Test
  @DisplayName("what is confirmed survives the broker's process, unless it is told otherwise")
  void durability() {
    assertThat(open().durability()).isEqualTo(Durability.OS_BUFFER);
    assertThat(open("publisherConfirm", "false").durability()).isEqualTo(Durability.MEMORY);
    assertThat(open("deliveryMode", "1").durability()).isEqualTo(Durability.MEMORY);
  }

  @Test
  @DisplayName("a queue longer than maxLen loses its oldest messages, as it is told to")
  void longQueueLosesTheOldest() {
    PubSubDriver driver = open("maxLen", "5");
    await(subscribe(driver, topic, 1, Arrivals.acknowledged()).stop());
    for (int n = 0; n < 20; n++) {
      publish(driver, topic, "m" + n);
    }
    Arrivals arrivals = Arrivals.acknowledged();
    subscribe(driver, topic, 1, arrivals);
    eventually(() -> assertThat(arrivals.texts()).hasSize(5));
    assertThat(arrivals.texts()).containsExactlyInAnyOrder("m15", "m16", "m17", "m18", "m19");
  }

  @Test
  @DisplayName("a full queue that refuses messages is EXHAUSTED: as many are published as fit")
  void fullQueueRefuses() throws Exception {
    raw.channel().exchangeDeclare(topic, "fanout", true);
    raw.channel()
        .queueDeclare(
            topic, true, false, false, Map.of("x-max-length", 10, "x-overflow", "reject-publish"));
    raw.channel().queueBind(topic, topic, "");
    PubSubDriver driver = open();
    int published = 0;
    List<ErrorCode> failures = new ArrayList<>();
    for (int n = 0; n < 30; n++) {
      try {
        publish(driver, topic, "m" + n);
        published++;
      } catch (InboardException e) {
        failures.add(e.code());
      }
    }
    assertThat(failures).isNotEmpty().containsOnly(ErrorCode.EXHAUSTED);
    assertThat((int) raw.channel().messageCount(topic)).isEqualTo(published);
  }

  @Test
  @DisplayName("a routing key that leads nowhere is NOT_FOUND, the others pass")
  void unroutableMessageIsAnError() {
    PubSubDriver driver = open("exchangeKind", "direct");
    Arrivals arrivals = Arrivals.acknowledged();
    subscribe(driver, topic, 4, arrivals, "routingKey", "known");
    List<CompletionStage<Void>> known = new ArrayList<>();
    List<CompletionStage<Void>> unknown = new ArrayList<>();
    for (int n = 0; n < 100; n++) {
      known.add(driver.publish(message(topic, "k" + n).with(Map.of("routingKey", "known"))));
      unknown.add(driver.publish(message(topic, "u" + n).with(Map.of("routingKey", "unknown"))));
    }
    known.forEach(TestComponents::await);
    assertThat(unknown)
        .allSatisfy(
            one -> {
              InboardException failure = failureOf(() -> await(one));
              assertThat(failure.code()).isEqualTo(ErrorCode.NOT_FOUND);
              assertThat(failure.getMessage()).contains(topic, "unknown");
            });
    eventually(() -> assertThat(arrivals.texts()).hasSize(100));
  }

  @Test
  @DisplayName("mandatory makes a topic without subscribers an error, or an unknown key none")
  void mandatoryDecides() {
    assertThat(failureOf(() -> publish(open("mandatory", "true"), topic, "a")).code())
        .isEqualTo(ErrorCode.NOT_FOUND);
    publish(open("mandatory", "false", "exchangeKind", "direct"), "direct-" + topic, "a");
  }

  @Test
  @DisplayName("with single active consumer one member consumes, and the other takes over")
  void standbyTakesOver() {
    PubSubDriver first = open();
    PubSubDriver second = open();
    Arrivals ofFirst = Arrivals.acknowledged();
    Arrivals ofSecond = Arrivals.acknowledged();
    DriverSubscription active = subscribe(first, topic, 4, ofFirst, "singleActiveConsumer", "true");
    subscribe(second, topic, 4, ofSecond, "singleActiveConsumer", "true");
    for (int n = 0; n < 50; n++) {
      publish(first, topic, "m" + n);
    }
    eventually(() -> assertThat(ofFirst.texts()).hasSize(50));
    assertThat(ofSecond.texts()).isEmpty();
    await(active.stop());
    publish(first, topic, "last");
    eventually(() -> assertThat(ofSecond.texts()).containsExactly("last"));
  }

  @Test
  @DisplayName("an existing topology is used as it is, whatever it is")
  void existingTopologyIsUsed() throws Exception {
    raw.channel().exchangeDeclare(topic, "topic", false);
    raw.channel().queueDeclare("q-" + topic, false, false, false, Map.of("x-expires", 600_000));
    raw.channel().queueBind("q-" + topic, topic, "orders.#");
    PubSubDriver driver = open("declareTopology", "false", "exchangeKind", "topic");
    Arrivals arrivals = Arrivals.acknowledged();
    subscribe(driver, topic, 4, arrivals, "queueName", "q-" + topic);
    await(driver.publish(message(topic, "a").with(Map.of("routingKey", "orders.new"))));
    eventually(() -> assertThat(arrivals.texts()).containsExactly("a"));

    InboardException missing =
        failureOf(() -> subscribe(driver, topic, 4, arrivals, "queueName", "missing-" + topic));
    assertThat(missing.code()).isEqualTo(ErrorCode.NOT_FOUND);
    assertThat(missing.getMessage()).contains("missing-" + topic, "declareTopology");
    InboardException nowhere = failureOf(() -> publish(driver, "missing-" + topic, "b"));
    assertThat(nowhere.code()).isEqualTo(ErrorCode.NOT_FOUND);
  }

  @Test
  @DisplayName(
      "a queue that exists with other settings fails its subscription alone, with the cure")
  void wrongArgumentHarmsOneSubscriptionAlone() throws Exception {
    raw.channel().queueDeclare("app-bad-" + topic, true, false, false, Map.of("x-max-length", 3));
    PubSubDriver driver = open();
    Arrivals arrivals = Arrivals.acknowledged();
    subscribe(driver, topic, 4, arrivals);
    InboardException failure =
        failureOf(() -> subscribe(driver, "bad-" + topic, 4, Arrivals.acknowledged()));
    assertThat(failure.code()).isEqualTo(ErrorCode.INVALID_ARGUMENT);
    assertThat(failure.getMessage())
        .contains("bus (pubsub.rabbitmq): subscribe to 'bad-" + topic + "'", "x-max-length");
    for (int n = 0; n < 100; n++) {
      publish(driver, topic, "m" + n);
    }
    eventually(() -> assertThat(arrivals.texts()).hasSize(100));
    assertThat(arrivals.messages()).hasSize(100);
  }

  @Test
  @DisplayName("a topic that the broker refuses fails alone, from the second time on without harm")
  void refusedTopicFailsAlone() {
    PubSubDriver driver = open();
    Arrivals arrivals = Arrivals.acknowledged();
    subscribe(driver, topic, 10, arrivals);
    InboardException first = failureOf(() -> publish(driver, "amq.refused", "a"));
    assertThat(first.code()).isEqualTo(ErrorCode.PERMISSION_DENIED);
    eventually(() -> publish(driver, topic, "again"));
    List<CompletionStage<Void>> others = new ArrayList<>();
    List<CompletionStage<Void>> refused = new ArrayList<>();
    for (int n = 0; n < 100; n++) {
      others.add(driver.publish(message(topic, "m" + n)));
      if (n % 10 == 0) {
        refused.add(driver.publish(message("amq.refused", "r" + n)));
      }
    }
    others.forEach(TestComponents::await);
    assertThat(refused).allSatisfy(one -> failureOf(() -> await(one)));
    eventually(() -> assertThat(arrivals.texts()).hasSize(101));
  }

  @Test
  @DisplayName("what cannot be sent is INVALID_ARGUMENT, and harms nobody")
  void unsendableIsRefused() {
    PubSubDriver driver = open();
    String tooLong = "x".repeat(256);
    List<OutboundMessage> bad =
        List.of(
            message(tooLong, "a"),
            message(topic, "a").with(Map.of("routingKey", tooLong)),
            message(topic, "a").with(Map.of(tooLong, "a")),
            message(topic, "a").with(Map.of("priority", "high")),
            message(topic, "a").with(Map.of("note", "x".repeat(200_000))),
            new OutboundMessage(topic, new byte[0], null, Map.of(), Duration.ofDays(60), null),
            new OutboundMessage(topic, new byte[0], null, Map.of(), null, Duration.ofDays(60)));
    List<CompletionStage<Void>> good = new ArrayList<>();
    for (OutboundMessage one : bad) {
      good.add(driver.publish(message(topic, "good")));
      assertThat(failureOf(() -> await(driver.publish(one))).code())
          .isEqualTo(ErrorCode.INVALID_ARGUMENT);
    }
    good.forEach(TestComponents::await);
    assertThat(
            failureOf(
                    () -> subscribe(driver, topic, 1, Arrivals.acknowledged(), "queueType", "odd"))
                .code())
        .isEqualTo(ErrorCode.INVALID_ARGUMENT);
  }

  @Test
  @DisplayName(
      "with enableDeadLetter, what is not handled goes to the queue's dead letters, with the"
          + " reason")
  void unhandledMessageBecomesADeadLetter() {
    PubSubDriver driver = open("enableDeadLetter", "true");
    Arrivals arrivals =
        Arrivals.deciding(
            message -> text(message).equals("bad") ? Settlement.REDELIVER : Settlement.ACKNOWLEDGE);
    subscribe(driver, topic, 4, arrivals);
    for (String text : List.of("1", "bad", "2")) {
      publish(driver, topic, text);
    }
    var letter = raw.take("dlq-app-" + topic);
    assertThat(new String(letter.getBody(), UTF_8)).isEqualTo("bad");
    assertThat(letter.getProps().getHeaders().get("x-first-death-reason")).hasToString("rejected");
    assertThat(letter.getProps().getHeaders().get("x-first-death-queue"))
        .hasToString("app-" + topic);
    assertThat(arrivals.times("bad")).isEqualTo(1);
  }

  @Test
  @DisplayName("with autoAck the broker forgets a message before it is handled")
  void autoAckForgetsFirst() {
    PubSubDriver driver = open("autoAck", "true");
    Arrivals arrivals = Arrivals.settledBy(message -> new CompletableFuture<>());
    subscribe(driver, topic, 2, arrivals);
    publish(driver, topic, "a");
    eventually(() -> assertThat(arrivals.times("a")).isEqualTo(1));
    driver.close();
    PubSubDriver next = open();
    Arrivals ofNext = Arrivals.acknowledged();
    subscribe(next, topic, 2, ofNext);
    publish(next, topic, "b");
    eventually(() -> assertThat(ofNext.texts()).containsExactly("b"));
  }

  @Test
  @DisplayName("concurrencyMode single keeps the order, whatever the subscription asks for")
  void singleModeKeepsTheOrder() {
    PubSubDriver driver = open("concurrencyMode", "single");
    Set<String> failed = ConcurrentHashMap.newKeySet();
    Arrivals arrivals =
        Arrivals.deciding(
            message ->
                text(message).equals("m5") && failed.add("m5")
                    ? Settlement.REDELIVER
                    : Settlement.ACKNOWLEDGE);
    subscribe(driver, topic, 16, arrivals);
    List<String> expected = new ArrayList<>();
    for (int n = 0; n < 10; n++) {
      publish(driver, topic, "m" + n);
      expected.add("m" + n);
    }
    expected.add(5, "m5");
    eventually(
        () ->
            assertThat(arrivals.messages())
                .extracting(TestComponents::text)
                .containsExactlyElementsOf(expected));
  }

  @Test
  @DisplayName("more failing messages than may be in flight do not keep the others from coming")
  void failingMessagesMakeRoom() {
    PubSubDriver driver = open();
    Arrivals arrivals =
        Arrivals.deciding(
            message ->
                text(message).startsWith("bad") ? Settlement.REDELIVER : Settlement.ACKNOWLEDGE);
    subscribe(driver, topic, 3, arrivals);
    for (int n = 0; n < 30; n++) {
      publish(driver, topic, "bad-" + n);
    }
    for (int n = 0; n < 100; n++) {
      publish(driver, topic, "good-" + n);
    }
    eventually(
        () ->
            assertThat(arrivals.texts().stream().filter(text -> text.startsWith("good")))
                .hasSize(100));
    eventually(() -> assertThat(arrivals.times("bad-0")).isGreaterThan(2));
  }

  @Test
  @DisplayName("a thousand messages of which each hundredth fails are all handled")
  void eachHundredthFails() {
    PubSubDriver driver = open();
    Set<String> failed = ConcurrentHashMap.newKeySet();
    Set<String> handled = ConcurrentHashMap.newKeySet();
    Arrivals arrivals =
        Arrivals.deciding(
            message -> {
              if (text(message).endsWith("00") && failed.add(text(message))) {
                return Settlement.REDELIVER;
              }
              handled.add(text(message));
              return Settlement.ACKNOWLEDGE;
            });
    subscribe(driver, topic, 20, arrivals);
    List<CompletionStage<Void>> published = new ArrayList<>();
    for (int n = 1; n <= 1_000; n++) {
      published.add(driver.publish(message(topic, "m" + n)));
    }
    published.forEach(TestComponents::await);
    eventually(() -> assertThat(handled).hasSize(1_000));
    assertThat(failed).hasSize(10);
    assertThat(arrivals.messages()).hasSize(1_010);
    assertThat(arrivals.messages().stream().filter(one -> one.deliveries() == 2)).hasSize(10);
  }

  @Test
  @DisplayName(
      "two members of one consumerID share a thousand messages; another gets its own thousand")
  void consumerIdIsShared() {
    Arrivals one = Arrivals.acknowledged();
    Arrivals two = Arrivals.acknowledged();
    Arrivals other = Arrivals.acknowledged();
    PubSubDriver driver = open("consumerID", "shared");
    subscribe(driver, topic, 5, one);
    subscribe(open("consumerID", "shared"), topic, 5, two);
    subscribe(open("consumerID", "other"), topic, 5, other);
    List<CompletionStage<Void>> published = new ArrayList<>();
    for (int n = 0; n < 1_000; n++) {
      published.add(driver.publish(message(topic, "m" + n)));
    }
    published.forEach(TestComponents::await);
    eventually(() -> assertThat(one.messages().size() + two.messages().size()).isEqualTo(1_000));
    eventually(() -> assertThat(other.messages()).hasSize(1_000));
    assertThat(one.texts()).isNotEmpty().doesNotContainAnyElementsOf(two.texts());
    assertThat(two.texts()).isNotEmpty();
  }

  @Test
  @DisplayName("without confirms a message is sent all the same")
  void publishingWithoutConfirms() {
    PubSubDriver driver = open("publisherConfirm", "false");
    assertThat(driver.features()).doesNotContain(Feature.DURABLE);
    Arrivals arrivals = Arrivals.acknowledged();
    subscribe(driver, topic, 4, arrivals);
    publish(driver, topic, "a");
    eventually(() -> assertThat(arrivals.texts()).containsExactly("a"));
  }

  @Test
  @DisplayName("a quorum queue counts deliveries over its members")
  void quorumQueueCounts() {
    PubSubDriver first = open();
    Arrivals stuck = Arrivals.settledBy(message -> new CompletableFuture<>());
    subscribe(first, topic, 2, stuck, "queueType", "quorum");
    publish(first, topic, "a");
    eventually(() -> assertThat(stuck.times("a")).isEqualTo(1));
    first.close();
    Arrivals next = Arrivals.acknowledged();
    subscribe(open(), topic, 2, next, "queueType", "quorum");
    eventually(
        () ->
            assertThat(next.messages()).extracting(InboundMessage::deliveries).containsExactly(2));
  }

  @Test
  @DisplayName(
      "messages of different delays do not wait for each other, and keep their routing key")
  void delaysAreIndependent() {
    PubSubDriver driver = open("exchangeKind", "direct");
    Arrivals arrivals = Arrivals.acknowledged();
    subscribe(driver, topic, 4, arrivals, "routingKey", "k");
    Map<String, String> key = Map.of("routingKey", "k");
    await(
        driver.publish(
            new OutboundMessage(
                topic, "late".getBytes(UTF_8), null, key, null, Duration.ofSeconds(3))));
    await(
        driver.publish(
            new OutboundMessage(
                topic, "soon".getBytes(UTF_8), null, key, null, Duration.ofMillis(500))));
    eventually(
        () ->
            assertThat(arrivals.messages())
                .extracting(TestComponents::text)
                .containsExactly("soon", "late"));
    assertThat(arrivals.messages())
        .allSatisfy(one -> assertThat(one.metadata()).containsEntry("__routingKey", "k"));
  }

  @Test
  @DisplayName("with the defaults, queue and exchange vanish with the last consumer, and come back")
  void autoDeleteComesAndGoes() {
    PubSubDriver driver = open("deletedWhenUnused", "true");
    assertThat(driver.features()).doesNotContain(Feature.RETAINED_MESSAGES, Feature.DURABLE);
    for (int round = 0; round < 3; round++) {
      Arrivals arrivals = Arrivals.acknowledged();
      DriverSubscription subscription = subscribe(driver, topic, 4, arrivals);
      publish(driver, topic, "r" + round);
      String expected = "r" + round;
      eventually(() -> assertThat(arrivals.texts()).containsExactly(expected));
      await(subscription.stop());
      publish(driver, topic, "for nobody");
    }
  }
}
