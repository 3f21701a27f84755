package dev.inboard.rabbitmq;

import static dev.inboard.rabbitmq.TestComponents.pubSub;
import static dev.inboard.rabbitmq.TestComponents.subscribe;
import static org.awaitility.Awaitility.await;

import dev.inboard.spi.pubsub.PubSubDriver;
import dev.inboard.test.server.RabbitMqCluster;
import dev.inboard.test.server.RabbitMqServer;
import java.time.Duration;
import java.util.UUID;
import java.util.stream.Collectors;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Several addresses and a quorum queue: a node may die. */
class RabbitMqClusterIT {
  private static final Duration PATIENCE = Duration.ofMinutes(3);

  @RegisterExtension static final RabbitMqCluster rabbit = RabbitMqCluster.create(3);

  @Test
  @DisplayName(
      "when the node in use dies, work goes on at another one, and nothing confirmed is lost")
  void nodeMayDie() {
    String topic = "cluster-" + UUID.randomUUID();
    String hosts =
        rabbit.nodes().stream()
            .map(node -> "127.0.0.1:" + node.port())
            .collect(Collectors.joining(","));
    try (PubSubDriver driver =
        pubSub("amqp://" + hosts, "deletedWhenUnused", "false", "reconnectWait", "1s")) {
      Arrivals arrivals = Arrivals.acknowledged();
      subscribe(driver, topic, 50, arrivals, "queueType", "quorum");
      Load load = Load.start(driver, topic);
      try (load) {
        for (int index = 0; index < 2; index++) {
          awaitConfirmed(load, 1_000);
          RabbitMqServer node = rabbit.node(index);
          node.kill();
          awaitConfirmed(load, 1_000); // without the node
          node.start();
        }
      }
      await().atMost(PATIENCE).until(() -> arrivals.texts().containsAll(load.confirmed()));
      System.out.printf(
          "two of three nodes killed in turn: %d sent, %d confirmed, %s failed, %d received%n",
          load.sent(), load.confirmed().size(), load.failures(), arrivals.texts().size());
    }
  }

  private static void awaitConfirmed(Load load, int more) {
    int target = load.confirmed().size() + more;
    await().atMost(PATIENCE).until(() -> load.confirmed().size() >= target);
  }
}
