package dev.inboard.redis;

import static dev.inboard.redis.TestComponents.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.inboard.spi.workflow.Node;
import dev.inboard.spi.workflow.WorkflowBackendDriver;
import dev.inboard.test.server.RedisCluster;
import dev.inboard.test.server.RedisServer;
import io.lettuce.core.cluster.SlotHash;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Collectors;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Workflows on a cluster whose slots move. */
class RedisClusterWorkflowIT {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final Node NODE = new Node("n", Duration.ofMinutes(10));

  @RegisterExtension static final RedisCluster cluster = RedisCluster.create();

  @Test
  @DisplayName(
      "slots that move under load, there and back, cost no acknowledged turn and repeat none")
  void movingSlots() throws Exception {
    String nodes =
        cluster.nodes().stream().map(RedisServer::address).collect(Collectors.joining(","));
    try (WorkflowBackendDriver driver =
        TestComponents.workflows("redisHost", nodes, "redisType", "cluster", "shards", "1")) {
      await(driver.join(NODE));
      Queue<Throwable> unexpected = new ConcurrentLinkedQueue<>();
      List<TurnWriter> writers = new ArrayList<>();
      for (int w = 0; w < 4; w++) {
        writers.add(new TurnWriter(driver, TurnWriter.create(driver, NODE, "w" + w), unexpected));
      }
      writers.forEach(Thread::start);
      int slot = SlotHash.getSlot("{wf:app:0}");
      RedisServer home =
          cluster.nodes().stream()
              .filter(node -> !node.command("CLUSTER COUNTKEYSINSLOT " + slot).equals("0"))
              .findFirst()
              .orElseThrow();
      RedisServer away =
          cluster.nodes().stream().filter(node -> node != home).findFirst().orElseThrow();
      for (int move = 0; move < 4; move++) {
        long target = TurnWriter.acknowledged(writers) + 100;
        await()
            .atMost(PATIENCE)
            .until(
                () ->
                    TurnWriter.acknowledged(writers) >= target
                        || writers.stream().noneMatch(Thread::isAlive));
        cluster.moveSlot(slot, move % 2 == 0 ? home : away, move % 2 == 0 ? away : home);
      }
      for (TurnWriter writer : writers) {
        writer.join();
      }
      assertThat(unexpected).isEmpty();
      writers.forEach(TurnWriter::assertComplete);
      assertThat(await(driver.owned(NODE.id()))).hasSize(4);
    }
  }
}
