package dev.inboard.test.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class KafkaClusterIT {
  @RegisterExtension static final KafkaCluster kafka = KafkaCluster.create(3);

  @Test
  void losesNothingWhenItsBrokersStopOneByOneAndComeBack() throws Exception {
    KafkaBrokerIT.send(kafka.bootstrapServers(), "orders", List.of("1", "2"));

    kafka.node(0).kill();
    KafkaBrokerIT.send(kafka.bootstrapServers(), "orders", List.of("3"));
    kafka.node(1).kill();
    kafka.node(2).kill();
    kafka.start();
    KafkaBrokerIT.send(kafka.bootstrapServers(), "orders", List.of("4"));

    assertThat(KafkaBrokerIT.receive(kafka.bootstrapServers(), "orders", 4))
        .containsExactly("1", "2", "3", "4");
  }
}
