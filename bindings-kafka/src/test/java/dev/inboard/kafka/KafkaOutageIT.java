package dev.inboard.kafka;

import static dev.inboard.kafka.TestComponents.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.inboard.spi.Durability;
import dev.inboard.spi.pubsub.PubSubDriver;
import dev.inboard.spi.pubsub.SubscriptionSpec;
import dev.inboard.test.server.KafkaBroker;
import dev.inboard.test.server.KafkaCluster;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.ElectionType;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Three brokers, two groups, steady traffic, and what can happen to the brokers meanwhile. */
class KafkaOutageIT {
  private static final Logger LOG = LoggerFactory.getLogger(KafkaOutageIT.class);

  @RegisterExtension static final KafkaCluster kafka = KafkaCluster.behindProxies(3);

  private final List<PubSubDriver> opened = new ArrayList<>();
  private final Ledger pair = new Ledger(); // a group of two
  private final Ledger single = new Ledger();
  private String topic;
  private Traffic traffic;

  @BeforeEach
  void begin() {
    kafka.start();
    topic = TestComponents.freshTopic(kafka.bootstrapServers(), 6);
    member("pair", pair);
    member("pair", pair);
    member("single", single);
    traffic = Traffic.start(open("publisher"), topic);
    traffic.awaitMore(200);
  }

  @AfterEach
  void close() {
    opened.forEach(PubSubDriver::close);
  }

  private PubSubDriver open(String group) {
    PubSubDriver driver =
        TestComponents.pubSub(
            "brokers", kafka.bootstrapServers(), "consumerGroup", group, "readTimeout", "5s");
    opened.add(driver);
    return driver;
  }

  private void member(String group, Ledger ledger) {
    var unused = await(open(group).subscribe(SubscriptionSpec.of(topic, 8), ledger.receiver(1)));
  }

  private void assertNothingLost(String what) throws InterruptedException {
    Map<String, Integer> sent = traffic.end();
    Awaitility.await().atMost(Traffic.PATIENCE).until(() -> pair.hasAll(sent));
    Awaitility.await().atMost(Traffic.PATIENCE).until(() -> single.hasAll(sent));
    LOG.warn(
        "{}: {} messages sent, {} publishes repeated, handled again {} and {}",
        what,
        sent.values().stream().mapToInt(Integer::intValue).sum(),
        traffic.failures(),
        pair.verify(sent),
        single.verify(sent));
  }

  @Test
  @DisplayName("several brokers that must be in sync are told as the durability of a message")
  void durability() {
    assertThat(opened.get(0).durability()).isEqualTo(Durability.QUORUM);
  }

  @Test
  @DisplayName("brokers stop one by one until none is left, and come back: everything arrives")
  void totalOutageLosesNothing() throws Exception {
    kafka.node(0).kill();
    traffic.awaitMore(50);
    kafka.node(1).kill();
    kafka.node(2).kill();
    assertThat(kafka.nodes()).noneMatch(KafkaBroker::isRunning);
    kafka.start();
    traffic.awaitMore(100);
    assertNothingLost("total outage");
  }

  @Test
  @DisplayName("a network that is silent longer than any session: everything arrives")
  void silentNetworkLosesNothing() throws Exception {
    kafka.nodes().forEach(broker -> broker.proxy().stall());
    // The fault itself takes time: every session has ended by then.
    Awaitility.await()
        .pollDelay(Duration.ofSeconds(Integer.getInteger("inboard.test.interruption", 30)))
        .atMost(Traffic.PATIENCE)
        .until(() -> true);
    kafka.nodes().forEach(broker -> broker.proxy().reset());
    kafka.nodes().forEach(broker -> broker.proxy().resume());
    traffic.awaitMore(100);
    assertNothingLost("network interruption");
  }

  @Test
  @DisplayName("leaders change under load, by a crash and in good order: everything arrives")
  void leaderChangesLoseNothing() throws Exception {
    kafka.node(1).kill();
    traffic.awaitMore(100);
    kafka.node(1).start();
    traffic.awaitMore(100);
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()))) {
      // Back to the broker that came back, once it has caught up.
      Awaitility.await()
          .atMost(Traffic.PATIENCE)
          .ignoreExceptions()
          .until(
              () ->
                  admin
                      .electLeaders(ElectionType.PREFERRED, null)
                      .partitions()
                      .get(30, TimeUnit.SECONDS)
                      .values()
                      .stream()
                      .allMatch(java.util.Optional::isEmpty));
    }
    traffic.awaitMore(100);
    assertNothingLost("leader changes");
  }
}
