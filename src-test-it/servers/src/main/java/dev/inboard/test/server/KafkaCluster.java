package dev.inboard.test.server;

import java.util.List;
import java.util.stream.Collectors;

/**
 * Kafka brokers that form one cluster and replicate every topic to three of them; a write needs
 * two.
 *
 * <p>Each broker is a controller too, so more than half of them must run for anything to be
 * elected.
 */
public final class KafkaCluster extends ServerGroup<KafkaBroker> {
  private KafkaCluster(List<KafkaBroker> brokers) {
    super(brokers);
  }

  /**
   * Returns a cluster.
   *
   * @param settings lines of every broker's {@code server.properties}
   */
  public static KafkaCluster create(int brokers, String... settings) {
    return new KafkaCluster(KafkaBroker.cluster(brokers, false, List.of(settings)));
  }

  /** Returns a cluster whose clients reach each broker through its {@link KafkaBroker#proxy()}. */
  public static KafkaCluster behindProxies(int brokers, String... settings) {
    return new KafkaCluster(KafkaBroker.cluster(brokers, true, List.of(settings)));
  }

  /** Returns the value of {@code bootstrap.servers}. */
  public String bootstrapServers() {
    return nodes().stream().map(Server::address).collect(Collectors.joining(","));
  }

  @Override
  void form() {
    // The brokers find each other by the voters in their settings.
  }
}
