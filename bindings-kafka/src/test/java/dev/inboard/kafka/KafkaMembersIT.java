package dev.inboard.kafka;

import static dev.inboard.kafka.TestComponents.await;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.inboard.spi.pubsub.DriverSubscription;
import dev.inboard.spi.pubsub.MessageReceiver;
import dev.inboard.spi.pubsub.OutboundMessage;
import dev.inboard.spi.pubsub.PubSubDriver;
import dev.inboard.spi.pubsub.Settlement;
import dev.inboard.spi.pubsub.SubscriptionSpec;
import dev.inboard.test.server.JavaProcess;
import dev.inboard.test.server.KafkaBroker;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What can happen to the members of a group while messages flow. */
class KafkaMembersIT {
  private static final Logger LOG = LoggerFactory.getLogger(KafkaMembersIT.class);

  @RegisterExtension static final KafkaBroker kafka = KafkaBroker.shared();

  private final String topic = TestComponents.freshTopic(kafka.address(), 4);
  private final String group = "group-" + topic;
  private final List<AutoCloseable> opened = new ArrayList<>();

  @AfterEach
  void close() throws Exception {
    for (AutoCloseable one : opened) {
      one.close();
    }
  }

  private PubSubDriver open(String... more) {
    List<String> fields =
        new ArrayList<>(List.of("brokers", kafka.address(), "consumerGroup", group));
    fields.addAll(List.of(more));
    PubSubDriver driver = TestComponents.pubSub(fields.toArray(String[]::new));
    opened.add(driver);
    return driver;
  }

  private DriverSubscription subscribe(PubSubDriver driver, int maxInFlight, MessageReceiver to) {
    return await(driver.subscribe(SubscriptionSpec.of(topic, maxInFlight), to));
  }

  private JavaProcess process(int handlerMillis) {
    JavaProcess member =
        JavaProcess.start(
            MemberMain.class, kafka.address(), topic, group, Integer.toString(handlerMillis));
    opened.add(member);
    member.awaitOutput(MemberMain.READY, Traffic.PATIENCE);
    return member;
  }

  private void publish(PubSubDriver driver, String key, String text) {
    await(
        driver.publish(
            OutboundMessage.of(topic, text.getBytes(UTF_8)).with(Map.of("partitionKey", key))));
  }

  private static void eventually(org.awaitility.core.ThrowingRunnable assertion) {
    Awaitility.await().atMost(Traffic.PATIENCE).untilAsserted(assertion);
  }

  /** Waits until the processes and the ledger together have everything, and verifies it. */
  private void assertNothingLost(
      String what, Traffic traffic, Ledger own, List<JavaProcess> processes) throws Exception {
    Map<String, Integer> sent = traffic.end();
    Awaitility.await().atMost(Traffic.PATIENCE).until(() -> together(own, processes).hasAll(sent));
    LOG.warn(
        "{}: {} messages sent, handled again {}",
        what,
        sent.values().stream().mapToInt(Integer::intValue).sum(),
        together(own, processes).verify(sent));
  }

  private static Ledger together(Ledger own, List<JavaProcess> processes) {
    Ledger all = own.copy();
    processes.forEach(member -> all.read(member.output()));
    return all;
  }

  @Test
  @DisplayName(
      "members are added, frozen for longer than their session, and killed: nothing is lost")
  void membersComeAndGo() throws Exception {
    Ledger own = new Ledger();
    PubSubDriver driver = open();
    subscribe(driver, 8, own.receiver(2));
    Traffic traffic = Traffic.start(driver, topic);
    traffic.awaitMore(100);

    JavaProcess frozen = process(2);
    JavaProcess killed = process(2);
    frozen.awaitOutput(MemberMain.HANDLED, Traffic.PATIENCE);
    killed.awaitOutput(MemberMain.HANDLED, Traffic.PATIENCE);

    frozen.stall();
    String before = frozen.output();
    // Its partitions are with others when these have handled more than was sent up to now.
    Map<String, Integer> sentSoFar = traffic.sent();
    Awaitility.await()
        .atMost(Traffic.PATIENCE)
        .until(() -> together(own, List.of(frozen, killed)).covers(sentSoFar));
    assertThat(frozen.output()).isEqualTo(before);
    frozen.resume();
    traffic.awaitMore(100);
    killed.kill();
    traffic.awaitMore(100);
    assertNothingLost("members come and go", traffic, own, List.of(frozen, killed));
  }

  @Test
  @DisplayName("killed between handling and commit: what was not committed is handled again")
  void crashBeforeCommitLosesNothing() throws Exception {
    List<JavaProcess> members = new ArrayList<>();
    Traffic traffic = null;
    for (int round = 0; round < 3; round++) {
      JavaProcess member = process(1);
      members.add(member);
      traffic = traffic == null ? Traffic.start(open(), topic) : traffic;
      member.awaitOutput(MemberMain.HANDLED, Traffic.PATIENCE);
      traffic.awaitMore(80);
      member.kill();
    }
    Ledger last = new Ledger();
    subscribe(open(), 8, last.receiver(1));
    assertNothingLost("kill -9 between handling and commit", traffic, last, members);
  }

  @Test
  @DisplayName("a partition that goes to another member waits for the handlers at work")
  void rebalanceDrains() throws Exception {
    Ledger first = new Ledger();
    Ledger second = new Ledger();
    PubSubDriver driver = open("sessionTimeout", "30s");
    subscribe(driver, 8, first.receiver(100));
    Traffic traffic = Traffic.start(driver, topic);
    traffic.awaitMore(50);
    DriverSubscription leaving = subscribe(open("sessionTimeout", "30s"), 8, second.receiver(100));
    Awaitility.await().atMost(Traffic.PATIENCE).until(() -> second.count() > 10);
    await(leaving.stop());
    traffic.awaitMore(50);
    Map<String, Integer> sent = traffic.end();
    Ledger all = first.copy();
    Awaitility.await().atMost(Traffic.PATIENCE).until(() -> first.copy().plus(second).hasAll(sent));
    assertThat(first.copy().plus(second).verify(sent))
        .as("messages that were handled again, though everybody moved in good order")
        .isZero();
    assertThat(all.count()).isPositive();
  }

  @Test
  @DisplayName("a handler slower than the session keeps its partition, and others go on")
  void slowHandlerKeepsItsPartition() {
    CompletableFuture<Settlement> slow = new CompletableFuture<>();
    Queue<String> arrived = new ConcurrentLinkedQueue<>();
    PubSubDriver driver = open();
    subscribe(
        driver,
        4,
        message -> {
          String text = TestComponents.text(message);
          arrived.add(text);
          return text.equals("slow-0")
              ? slow
              : CompletableFuture.completedFuture(Settlement.ACKNOWLEDGE);
        });
    Queue<String> elsewhere = new ConcurrentLinkedQueue<>();
    publish(driver, "slow", "slow-0");
    publish(driver, "slow", "slow-1");
    eventually(() -> assertThat(arrived).contains("slow-0"));
    for (int n = 0; n < 20; n++) {
      publish(driver, "quick" + n, "quick-" + n);
    }
    eventually(() -> assertThat(arrived).hasSize(21));
    // The session is 6 s.
    Awaitility.await()
        .during(Duration.ofSeconds(8))
        .atMost(Traffic.PATIENCE)
        .until(() -> elsewhere.isEmpty() && arrived.size() == 21);
    slow.complete(Settlement.ACKNOWLEDGE);
    eventually(() -> assertThat(arrived).hasSize(22).contains("slow-1"));
  }

  @Test
  @DisplayName("a poison message stops its key alone; after a restart only that key comes again")
  void poisonStopsItsKeyAlone() {
    PubSubDriver driver = open();
    Queue<String> handled = new ConcurrentLinkedQueue<>();
    MessageReceiver receiver =
        message -> {
          String text = TestComponents.text(message);
          if (text.equals("poison-0")) {
            return CompletableFuture.completedFuture(Settlement.REDELIVER);
          }
          handled.add(text);
          return CompletableFuture.completedFuture(Settlement.ACKNOWLEDGE);
        };
    DriverSubscription subscription = subscribe(driver, 8, receiver);
    publish(driver, "poison", "poison-0");
    publish(driver, "poison", "poison-1");
    for (int n = 0; n < 100; n++) {
      publish(driver, "k" + n, "k" + n + "-0");
    }
    eventually(() -> assertThat(handled).hasSize(100).doesNotContain("poison-1"));
    await(subscription.stop());

    Queue<String> again = new ConcurrentLinkedQueue<>();
    subscribe(
        driver,
        8,
        message -> {
          again.add(TestComponents.text(message));
          return CompletableFuture.completedFuture(Settlement.ACKNOWLEDGE);
        });
    eventually(() -> assertThat(again).containsExactly("poison-0", "poison-1"));
  }

  @Test
  @DisplayName("a group of members with range, as sidecars have it, is joined as they do")
  void groupWithRangeIsJoined() throws Exception {
    Ledger ranged = new Ledger();
    Ledger ours = new Ledger();
    PubSubDriver driver = open("consumerGroupRebalanceStrategy", "range");
    subscribe(driver, 8, ranged.receiver(1));
    subscribe(open(), 8, ours.receiver(1));
    Traffic traffic = Traffic.start(driver, topic);
    Awaitility.await()
        .atMost(Traffic.PATIENCE)
        .until(() -> ranged.count() > 20 && ours.count() > 20);
    Map<String, Integer> sent = traffic.end();
    Awaitility.await().atMost(Traffic.PATIENCE).until(() -> ranged.copy().plus(ours).hasAll(sent));
    ranged.copy().plus(ours).verify(sent);
  }
}
