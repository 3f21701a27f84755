package dev.inboard.redis;

import dev.inboard.spi.conformance.WorkflowBackendConformance;
import dev.inboard.spi.workflow.WorkflowBackendDriver;
import dev.inboard.test.server.RedisServer;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.junit.jupiter.api.extension.RegisterExtension;

class RedisWorkflowBackendConformanceIT extends WorkflowBackendConformance {
  @RegisterExtension static final RedisServer redis = RedisServer.create();

  @Override
  protected WorkflowBackendDriver openDriver(Clock clock) {
    redis.command("FLUSHALL");
    return TestComponents.workflows("redisHost", redis.address());
  }

  @Override
  public boolean expectsTaskQueues() {
    return false;
  }

  /** The server's time is this machine's. */
  @Override
  public Instant now() {
    return Instant.now().truncatedTo(ChronoUnit.MILLIS);
  }

  @Override
  public void passTime(Duration duration) throws InterruptedException {
    Thread.sleep(duration.toMillis());
  }
}
