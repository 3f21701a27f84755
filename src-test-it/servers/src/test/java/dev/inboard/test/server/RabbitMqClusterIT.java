package dev.inboard.test.server;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class RabbitMqClusterIT {
  @RegisterExtension static final RabbitMqCluster rabbit = RabbitMqCluster.create(2);

  @Test
  void oneNodeSeesTheOtherDieAndComeBack() {
    assertThat(runningNodes()).contains(rabbit.node(0).nodeName(), rabbit.node(1).nodeName());

    rabbit.node(1).kill();
    assertThat(runningNodes()).doesNotContain(rabbit.node(1).nodeName());

    rabbit.start();
    assertThat(runningNodes()).contains(rabbit.node(1).nodeName());
  }

  private static String runningNodes() {
    return rabbit.node(0).ctl("eval", "rabbit_nodes:all_running().");
  }
}
