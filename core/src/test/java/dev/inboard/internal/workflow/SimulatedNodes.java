package dev.inboard.internal.workflow;

import dev.inboard.spi.workflow.Claims;
import dev.inboard.spi.workflow.Message;
import dev.inboard.spi.workflow.Node;
import dev.inboard.spi.workflow.WorkflowBackendDriver;
import java.time.Duration;
import org.awaitility.Awaitility;

/** Nodes that take instances over and die before they store anything. */
final class SimulatedNodes {
  private static final Duration LEASE = Duration.ofMillis(20);

  private final WorkflowBackendDriver driver;
  private int number;

  SimulatedNodes(WorkflowBackendDriver driver) {
    this.driver = driver;
  }

  /** Has an instance need attention. */
  void sendTo(String id) {
    byte[] payload = Envelope.toAny(new HistoryEvent.EventRaised("poison", null, "p")).encode();
    driver.deliver(new Message(id, "p", payload)).toCompletableFuture().join();
  }

  /** Takes what is to be done, once the node before is dead, and lets the lease run out. */
  void takeAndDie() {
    String node = "doomed-" + number++;
    Awaitility.await()
        .atMost(Duration.ofSeconds(60))
        .until(
            () -> {
              driver.join(new Node(node, LEASE)).toCompletableFuture().join();
              Claims claims = driver.claim(node, 10).toCompletableFuture().join();
              return !claims.taken().isEmpty();
            });
  }
}
