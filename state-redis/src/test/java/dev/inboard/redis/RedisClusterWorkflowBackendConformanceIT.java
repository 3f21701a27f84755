package dev.inboard.redis;

import dev.inboard.spi.conformance.WorkflowBackendConformance;
import dev.inboard.spi.workflow.WorkflowBackendDriver;
import dev.inboard.test.server.RedisCluster;
import dev.inboard.test.server.RedisServer;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.extension.RegisterExtension;

class RedisClusterWorkflowBackendConformanceIT extends WorkflowBackendConformance {
  @RegisterExtension static final RedisCluster cluster = RedisCluster.create();

  @Override
  protected WorkflowBackendDriver openDriver(Clock clock) {
    cluster.nodes().forEach(node -> node.command("FLUSHALL"));
    String nodes =
        cluster.nodes().stream().map(RedisServer::address).collect(Collectors.joining(","));
    return TestComponents.workflows("redisHost", nodes, "redisType", "cluster");
  }

  @Override
  public boolean expectsTaskQueues() {
    return false;
  }

  /** The servers' time is this machine's. */
  @Override
  public Instant now() {
    return Instant.now().truncatedTo(ChronoUnit.MILLIS);
  }

  @Override
  public void passTime(Duration duration) throws InterruptedException {
    Thread.sleep(duration.toMillis());
  }
}
