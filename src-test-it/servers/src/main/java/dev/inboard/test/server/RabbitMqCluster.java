package dev.inboard.test.server;

import java.util.List;
import java.util.stream.Stream;

/** RabbitMQ nodes that form one cluster. */
public final class RabbitMqCluster extends ServerGroup<RabbitMqServer> {
  private RabbitMqCluster(List<RabbitMqServer> nodes) {
    super(nodes);
  }

  /**
   * Returns a cluster.
   *
   * @param settings lines of every node's {@code rabbitmq.conf}
   */
  public static RabbitMqCluster create(int nodes, String... settings) {
    return new RabbitMqCluster(
        Stream.generate(() -> RabbitMqServer.create(settings)).limit(nodes).toList());
  }

  @Override
  void form() {
    for (RabbitMqServer node : nodes().subList(1, nodes().size())) {
      node.ctl("stop_app");
      node.ctl("join_cluster", node(0).nodeName());
      node.ctl("start_app");
    }
  }
}
