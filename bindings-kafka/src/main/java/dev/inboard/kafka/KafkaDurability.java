package dev.inboard.kafka;

import dev.inboard.spi.Durability;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.config.ConfigResource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What the brokers' own settings make of an acknowledged message. */
final class KafkaDurability {
  private static final Logger LOG = LoggerFactory.getLogger(KafkaDurability.class);
  private static final int QUESTION_SECONDS = 5;

  private KafkaDurability() {}

  /**
   * Asks every broker. Blocks.
   *
   * @return what is true of all topics without settings of their own, written with {@code
   *     acks=all}; null when this user may not ask
   */
  static @Nullable Durability of(Admin admin) throws InterruptedException {
    try {
      Collection<Node> nodes =
          admin.describeCluster().nodes().get(QUESTION_SECONDS, TimeUnit.SECONDS);
      List<ConfigResource> brokers =
          nodes.stream()
              .map(node -> new ConfigResource(ConfigResource.Type.BROKER, node.idString()))
              .toList();
      Collection<Config> configs =
          admin.describeConfigs(brokers).all().get(QUESTION_SECONDS, TimeUnit.SECONDS).values();
      if (configs.stream().allMatch(KafkaDurability::isInSeveralPlaces)) {
        return Durability.QUORUM;
      }
      boolean synced =
          configs.stream().allMatch(one -> value(one, "log.flush.interval.messages").equals("1"));
      return synced ? Durability.FSYNC : Durability.OS_BUFFER;
    } catch (ExecutionException | TimeoutException e) {
      LOG.debug("the brokers do not tell how they keep what they were told", e);
      return null;
    }
  }

  /** Two brokers at least have what was acknowledged, and none becomes the leader without it. */
  private static boolean isInSeveralPlaces(Config broker) {
    return !value(broker, "min.insync.replicas").matches("[01]?")
        && !value(broker, "unclean.leader.election.enable").equals("true");
  }

  private static String value(Config broker, String name) {
    ConfigEntry entry = broker.get(name);
    return entry == null || entry.value() == null ? "" : entry.value();
  }
}
