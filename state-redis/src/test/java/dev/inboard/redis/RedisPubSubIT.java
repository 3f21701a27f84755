package dev.inboard.redis;

import static dev.inboard.redis.TestComponents.await;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.inboard.common.InboardException;
import dev.inboard.spi.pubsub.DriverSubscription;
import dev.inboard.spi.pubsub.InboundMessage;
import dev.inboard.spi.pubsub.MessageReceiver;
import dev.inboard.spi.pubsub.OutboundMessage;
import dev.inboard.spi.pubsub.PubSubDriver;
import dev.inboard.spi.pubsub.Settlement;
import dev.inboard.spi.pubsub.SubscriptionSpec;
import dev.inboard.test.server.RedisServer;
import dev.inboard.test.server.TcpProxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What the conformance suite does not ask: members that die, faults, lanes, Dapr's layout. */
class RedisPubSubIT {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @RegisterExtension static final RedisServer redis = RedisServer.create();

  private final String topic = "topic-" + UUID.randomUUID();
  private final List<AutoCloseable> opened = new ArrayList<>();
  private PubSubDriver driver;

  @BeforeEach
  void open() {
    redis.start();
    driver = open(redis.port());
  }

  @AfterEach
  void close() throws Exception {
    for (AutoCloseable one : opened) {
      one.close();
    }
  }

  private PubSubDriver open(int port) {
    PubSubDriver one =
        TestComponents.pubSub(
            "redisHost", "127.0.0.1:" + port, "consumerID", "shop", "readTimeout", "1000");
    opened.add(one);
    return one;
  }

  private void publish(String... texts) {
    for (String text : texts) {
      await(driver.publish(OutboundMessage.of(topic, text.getBytes(UTF_8))));
    }
  }

  private DriverSubscription subscribe(PubSubDriver member, int maxInFlight, MessageReceiver to) {
    return await(member.subscribe(SubscriptionSpec.of(topic, maxInFlight), to));
  }

  private static String text(InboundMessage message) {
    return new String(message.body(), UTF_8);
  }

  /** Remembers what arrives and acknowledges it. */
  private static MessageReceiver into(Queue<InboundMessage> inbox) {
    return message -> {
      inbox.add(message);
      return CompletableFuture.completedStage(Settlement.ACKNOWLEDGE);
    };
  }

  private static void eventually(org.awaitility.core.ThrowingRunnable assertion) {
    await().atMost(PATIENCE).untilAsserted(assertion);
  }

  @Test
  @DisplayName("what a member that died has not settled is taken over, and counted")
  void deadMembersMessagesAreTakenOver() {
    TcpProxy network = TcpProxy.to(redis.port());
    opened.add(network);
    Queue<InboundMessage> dead = new ConcurrentLinkedQueue<>();
    subscribe(
        open(network.port()),
        4,
        message -> {
          dead.add(message);
          return new CompletableFuture<>();
        });
    publish("1", "2", "3");
    eventually(() -> assertThat(dead).hasSize(3));
    network.stall();

    Queue<InboundMessage> living = new ConcurrentLinkedQueue<>();
    subscribe(driver, 4, into(living));
    eventually(
        () ->
            assertThat(living)
                .extracting(RedisPubSubIT::text)
                .containsExactlyInAnyOrder("1", "2", "3"));
    assertThat(living).allSatisfy(message -> assertThat(message.deliveries()).isEqualTo(2));
    network.resume();
  }

  @Test
  @DisplayName("a slow handler's message is not taken over, however long it takes")
  void slowHandlersMessageIsLeftAlone() {
    CompletableFuture<Settlement> slow = new CompletableFuture<>();
    Queue<InboundMessage> first = new ConcurrentLinkedQueue<>();
    subscribe(
        open(redis.port()),
        1,
        message -> {
          first.add(message);
          return slow;
        });
    publish("slow");
    eventually(() -> assertThat(first).hasSize(1));
    Queue<InboundMessage> second = new ConcurrentLinkedQueue<>();
    subscribe(driver, 4, into(second));
    // Three times as long as a dead member's message would wait.
    await().during(Duration.ofSeconds(6)).atMost(PATIENCE).until(second::isEmpty);
    slow.complete(Settlement.ACKNOWLEDGE);
    eventually(
        () ->
            assertThat(redis.command("XPENDING " + topic + " shop").lines().findFirst())
                .hasValue("0"));
  }

  @Test
  @DisplayName("killed and restarted, the server delivers every message that it acknowledged")
  void acknowledgedMessagesSurviveACrash() throws Exception {
    Set<String> received = ConcurrentHashMap.newKeySet();
    subscribe(
        driver,
        16,
        message -> {
          received.add(text(message));
          return CompletableFuture.completedStage(Settlement.ACKNOWLEDGE);
        });
    Queue<String> acknowledged = new ConcurrentLinkedQueue<>();
    Thread publisher =
        new Thread(
            () -> {
              for (int n = 0; n < 5_000; n++) {
                try {
                  publish("m" + n);
                  acknowledged.add("m" + n);
                } catch (InboardException e) {
                  Thread.onSpinWait();
                }
              }
            });
    publisher.start();
    await().atMost(PATIENCE).until(() -> acknowledged.size() > 200);
    redis.kill();
    redis.start();
    publisher.join();
    eventually(() -> publish("last"));
    eventually(() -> assertThat(received).contains("last"));
    eventually(() -> assertThat(received).containsAll(acknowledged));
  }

  @Test
  @DisplayName("messages of one partition key wait for each other, others do not")
  void keysAreLanes() {
    Map<String, CompletableFuture<Settlement>> held = new ConcurrentHashMap<>();
    Queue<String> arrived = new ConcurrentLinkedQueue<>();
    subscribe(
        driver,
        8,
        message -> {
          arrived.add(text(message));
          return held.computeIfAbsent(text(message), t -> new CompletableFuture<>());
        });
    for (String text : List.of("a-0", "a-1", "b-0", "a-2", "c-0")) {
      await(
          driver.publish(
              OutboundMessage.of(topic, text.getBytes(UTF_8))
                  .with(Map.of("partitionKey", text.substring(0, 1)))));
    }
    eventually(() -> assertThat(arrived).containsExactlyInAnyOrder("a-0", "b-0", "c-0"));
    held.get("a-0").complete(Settlement.ACKNOWLEDGE);
    eventually(() -> assertThat(arrived).contains("a-1"));
    assertThat(arrived).doesNotContain("a-2");
    held.get("a-1").complete(Settlement.REDELIVER);
    eventually(() -> assertThat(arrived.stream().filter("a-1"::equals)).hasSize(1));
    assertThat(arrived).doesNotContain("a-2");
    held.put("a-1", CompletableFuture.completedFuture(Settlement.ACKNOWLEDGE));
    eventually(() -> assertThat(arrived).contains("a-2"));
    assertThat(arrived.stream().filter("a-1"::equals)).hasSize(2);
    held.values().forEach(outcome -> outcome.complete(Settlement.ACKNOWLEDGE));
  }

  @Test
  @DisplayName("a group or stream that is deleted is made again, and messages go on")
  void deletedGroupIsMadeAgain() {
    Queue<InboundMessage> inbox = new ConcurrentLinkedQueue<>();
    subscribe(driver, 4, into(inbox));
    publish("before");
    eventually(() -> assertThat(inbox).hasSize(1));
    redis.command("DEL " + topic);
    publish("after");
    eventually(() -> assertThat(inbox).extracting(RedisPubSubIT::text).contains("after"));
  }

  @Test
  @DisplayName("a message lies in the stream as a sidecar lays it, and a sidecar's is understood")
  void layoutIsDaprs() {
    await(
        driver.publish(
            OutboundMessage.of(topic, "tea".getBytes(UTF_8)).with(Map.of("a", "\"b\""))));
    assertThat(redis.command("XRANGE " + topic + " - +").lines().skip(1))
        .containsExactly("data", "tea", "metadata", "{\"a\":\"\\\"b\\\"\"}");
    redis.command(
        "XADD " + topic + " * data milk metadata '{\"c\":\"d\",\"n\":1,\"o\":{\"x\":2}}'");
    redis.command("XADD " + topic + " * data water metadata no-json");
    Queue<InboundMessage> inbox = new ConcurrentLinkedQueue<>();
    subscribe(driver, 4, into(inbox));
    eventually(
        () ->
            assertThat(inbox)
                .extracting(RedisPubSubIT::text)
                .containsExactly("tea", "milk", "water"));
    assertThat(inbox)
        .extracting(InboundMessage::metadata)
        .containsExactly(Map.of("a", "\"b\""), Map.of("c", "d", "n", "1"), Map.of());
  }

  @Test
  @DisplayName("members that leave in good order leave no trace in the group")
  void membersLeaveNoTrace() {
    DriverSubscription subscription = subscribe(driver, 4, into(new ConcurrentLinkedQueue<>()));
    publish("1");
    eventually(
        () -> assertThat(redis.command("XINFO CONSUMERS " + topic + " shop")).contains("shop-"));
    await(subscription.stop());
    assertThat(redis.command("XINFO CONSUMERS " + topic + " shop")).isEmpty();
  }

  @Test
  @DisplayName("publishing trims the stream when the component says so")
  void streamIsTrimmed() {
    PubSubDriver trimming =
        TestComponents.pubSub("redisHost", redis.address(), "maxLenApprox", "100");
    opened.add(trimming);
    for (int n = 0; n < 1_000; n++) {
      await(trimming.publish(OutboundMessage.of(topic, new byte[10])));
    }
    assertThat(Integer.parseInt(redis.command("XLEN " + topic))).isBetween(100, 300);
  }

  @Test
  @DisplayName("the lag counts what no member has fetched, and falls as messages are handled")
  void lagCountsWhatWaits() {
    PubSubDriver shallow =
        TestComponents.pubSub(
            "redisHost", redis.address(), "consumerID", "shop", "queueDepth", "5");
    opened.add(shallow);
    Queue<CompletableFuture<Settlement>> handlers = new ConcurrentLinkedQueue<>();
    DriverSubscription subscription =
        subscribe(
            shallow,
            5,
            message -> {
              CompletableFuture<Settlement> handler = new CompletableFuture<>();
              handlers.add(handler);
              return handler;
            });
    for (int n = 0; n < 25; n++) {
      publish("m" + n);
    }
    eventually(() -> assertThat(subscription.lag()).hasValue(25));
    eventually(
        () -> {
          handlers.forEach(handler -> handler.complete(Settlement.ACKNOWLEDGE));
          assertThat(subscription.lag()).hasValue(0);
        });
  }
}
