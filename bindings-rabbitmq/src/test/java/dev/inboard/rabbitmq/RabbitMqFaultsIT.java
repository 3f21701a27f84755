package dev.inboard.rabbitmq;

import static dev.inboard.rabbitmq.TestComponents.message;
import static dev.inboard.rabbitmq.TestComponents.pubSub;
import static dev.inboard.rabbitmq.TestComponents.publish;
import static dev.inboard.rabbitmq.TestComponents.subscribe;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import dev.inboard.common.ErrorCode;
import dev.inboard.common.InboardException;
import dev.inboard.spi.pubsub.PubSubDriver;
import dev.inboard.spi.pubsub.Settlement;
import dev.inboard.test.server.RabbitMqServer;
import dev.inboard.test.server.TcpProxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A broker and a network that fail: what is confirmed arrives, whatever happens. */
class RabbitMqFaultsIT {
  private static final Set<String> TRANSIENT = Set.of("UNAVAILABLE", "TIMEOUT", "EXHAUSTED");
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  /** How long the network stalls; {@code -Dinboard.stall.seconds=6} for a quick run. */
  private static final int STALL = Integer.getInteger("inboard.stall.seconds", 30);

  @RegisterExtension static final RabbitMqServer rabbit = RabbitMqServer.create();

  private final List<AutoCloseable> opened = new ArrayList<>();
  private final String classic = "classic-" + UUID.randomUUID();
  private final String quorum = "quorum-" + UUID.randomUUID();

  @BeforeEach
  void start() {
    rabbit.start();
  }

  @AfterEach
  void close() throws Exception {
    for (AutoCloseable one : opened) {
      one.close();
    }
  }

  private PubSubDriver open(int port, String... fields) {
    List<String> all =
        new ArrayList<>(
            List.of("consumerID", "shop", "deletedWhenUnused", "false", "reconnectWait", "1s"));
    all.addAll(List.of(fields));
    PubSubDriver driver = pubSub(rabbit.uri(port), all.toArray(String[]::new));
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

  private static void awaitConfirmed(Load load, int more) {
    int target = load.confirmed().size() + more;
    await().atMost(PATIENCE).until(() -> load.confirmed().size() >= target);
  }

  private static void report(String what, Load load, Arrivals... arrivals) {
    int distinct = 0;
    int repeated = 0;
    for (Arrivals one : arrivals) {
      distinct += one.texts().size();
      repeated += one.repeated();
    }
    System.out.printf(
        "%s: %d sent, %d confirmed, %s failed, %d received, %d of them again%n",
        what, load.sent(), load.confirmed().size(), load.failures(), distinct, repeated);
  }

  @Test
  @DisplayName("killed and restarted under load, the broker delivers every message it confirmed")
  void confirmedMessagesSurviveACrash() {
    PubSubDriver driver = open(rabbit.port());
    Arrivals fromClassic = Arrivals.acknowledged();
    Arrivals fromQuorum = Arrivals.acknowledged();
    subscribe(driver, classic, 50, fromClassic);
    subscribe(driver, quorum, 50, fromQuorum, "queueType", "quorum");
    rabbit.flushTopology();
    Load load = Load.start(driver, classic, quorum);
    try (load) {
      for (int crash = 0; crash < 2; crash++) {
        awaitConfirmed(load, 2_000);
        rabbit.kill();
        rabbit.start();
      }
      awaitConfirmed(load, 2_000);
    }
    eventually(
        () -> {
          Set<String> received = ConcurrentHashMap.newKeySet();
          received.addAll(fromClassic.texts());
          received.addAll(fromQuorum.texts());
          assertThat(received.containsAll(load.confirmed())).isTrue();
        });
    report("two crashes", load, fromClassic, fromQuorum);
    assertThat(load.failures()).isNotEmpty();
    assertThat(TRANSIENT).containsAll(load.failures().keySet());
  }

  @Test
  @DisplayName("connections closed by the operator come back, and no confirmed message is lost")
  void closedConnectionsComeBack() {
    PubSubDriver driver = open(rabbit.port());
    Arrivals arrivals = Arrivals.acknowledged();
    subscribe(driver, classic, 50, arrivals);
    Load load = Load.start(driver, classic);
    try (load) {
      for (int round = 0; round < 2; round++) {
        awaitConfirmed(load, 1_000);
        rabbit.ctl("close_all_connections", "closed by the operator");
      }
      awaitConfirmed(load, 1_000);
    }
    eventually(() -> assertThat(arrivals.texts().containsAll(load.confirmed())).isTrue());
    report("connections closed", load, arrivals);
    assertThat(TRANSIENT).containsAll(load.failures().keySet());
  }

  @Test
  @DisplayName("a message in flight when its connection ends is delivered again, and settled once")
  void deliveriesOfALostConnectionAreNotSettledOnTheNext() {
    PubSubDriver driver = open(rabbit.port());
    List<CompletableFuture<Settlement>> held = new ArrayList<>();
    Arrivals arrivals =
        Arrivals.settledBy(
            message -> {
              synchronized (held) {
                held.add(new CompletableFuture<>());
                return held.get(held.size() - 1);
              }
            });
    subscribe(driver, classic, 2, arrivals);
    publish(driver, classic, "a");
    eventually(() -> assertThat(arrivals.times("a")).isEqualTo(1));
    rabbit.ctl("close_all_connections", "closed by the operator");
    eventually(() -> assertThat(arrivals.times("a")).isEqualTo(2));
    synchronized (held) {
      held.get(0).complete(Settlement.ACKNOWLEDGE); // of the connection that is gone
      held.get(1).complete(Settlement.ACKNOWLEDGE);
    }
    eventually(() -> publish(driver, classic, "b"));
    eventually(() -> assertThat(arrivals.texts()).contains("b"));
    synchronized (held) {
      held.forEach(one -> one.complete(Settlement.ACKNOWLEDGE));
    }
    assertThat(arrivals.times("a")).isEqualTo(2);
  }

  @Test
  @DisplayName("a stalled network is noticed by its silence; afterwards everything goes on")
  void stalledNetworkIsNoticed() {
    TcpProxy network = TcpProxy.to(rabbit.port());
    opened.add(network);
    PubSubDriver driver = open(network.port(), "heartBeat", "2", "confirmTimeout", "4s");
    Arrivals arrivals = Arrivals.acknowledged();
    subscribe(driver, classic, 50, arrivals);
    Load load = Load.start(driver, classic);
    try (load) {
      awaitConfirmed(load, 1_000);
      int connections = network.connectionsAccepted();
      network.stall();
      // The time is the fault itself: nothing else ends a stall.
      await().pollDelay(Duration.ofSeconds(STALL)).atMost(PATIENCE).until(() -> true);
      eventually(() -> assertThat(load.failures()).isNotEmpty());
      network.resume();
      eventually(
          () -> assertThat(network.connectionsAccepted()).isGreaterThanOrEqualTo(connections));
      awaitConfirmed(load, 1_000);
    }
    eventually(() -> assertThat(arrivals.texts().containsAll(load.confirmed())).isTrue());
    report("network stalled " + STALL + " s", load, arrivals);
    assertThat(TRANSIENT).containsAll(load.failures().keySet());
  }

  @Test
  @DisplayName("a memory alarm refuses publishers with EXHAUSTED while subscribers go on")
  void memoryAlarmBlocksPublishersOnly() {
    PubSubDriver driver = open(rabbit.port(), "confirmTimeout", "2s");
    CompletableFuture<Settlement> gate = new CompletableFuture<>();
    Arrivals arrivals = Arrivals.settledBy(message -> gate);
    subscribe(driver, classic, 1, arrivals);
    for (int n = 0; n < 20; n++) {
      publish(driver, classic, "before-" + n);
    }
    rabbit.ctl("set_vm_memory_high_watermark", "absolute", "1MB");
    try {
      eventually(
          () ->
              assertThat(failureOf(() -> publish(driver, classic, "refused")).code())
                  .isEqualTo(ErrorCode.EXHAUSTED));
      assertThat(failureOf(() -> TestComponents.await(driver.ping())).code())
          .isEqualTo(ErrorCode.EXHAUSTED);
      gate.complete(Settlement.ACKNOWLEDGE);
      eventually(
          () ->
              assertThat(arrivals.texts().stream().filter(text -> text.startsWith("before")))
                  .hasSize(20));
    } finally {
      rabbit.ctl("set_vm_memory_high_watermark", "absolute", "1GB");
    }
    eventually(() -> publish(driver, classic, "after"));
    eventually(() -> assertThat(arrivals.texts()).contains("after"));
  }

  private static InboardException failureOf(
      org.assertj.core.api.ThrowableAssert.ThrowingCallable call) {
    InboardException failure = catchThrowableOfType(InboardException.class, call);
    assertThat(failure).as("a failure").isNotNull();
    return failure;
  }

  @Test
  @DisplayName("a queue that is deleted is declared again, and messages go on")
  void deletedQueueIsDeclaredAgain() {
    PubSubDriver driver = open(rabbit.port());
    Arrivals arrivals = Arrivals.acknowledged();
    subscribe(driver, classic, 4, arrivals);
    publish(driver, classic, "before");
    eventually(() -> assertThat(arrivals.texts()).contains("before"));
    rabbit.ctl("delete_queue", "shop-" + classic);
    eventually(
        () -> {
          publish(driver, classic, "after");
          assertThat(arrivals.texts()).contains("after");
        });
  }

  @Test
  @DisplayName("while the broker is away, publishing fails at once and says why")
  void absentBrokerIsUnavailable() {
    TcpProxy network = TcpProxy.to(rabbit.port());
    opened.add(network);
    PubSubDriver driver = open(network.port());
    publish(driver, classic, "before");
    network.refuse();
    eventually(
        () -> {
          InboardException failure = failureOf(() -> publish(driver, classic, "refused"));
          assertThat(failure.code()).isEqualTo(ErrorCode.UNAVAILABLE);
          assertThat(failure.getMessage()).contains("bus (pubsub.rabbitmq)", "no connection");
        });
    network.accept();
    eventually(() -> publish(driver, classic, "after"));
    assertThat(TestComponents.await(driver.publish(message(classic, "again")))).isNull();
  }
}
