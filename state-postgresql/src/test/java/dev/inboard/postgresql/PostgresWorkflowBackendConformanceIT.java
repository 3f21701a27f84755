package dev.inboard.postgresql;

import dev.inboard.spi.conformance.WorkflowBackendConformance;
import dev.inboard.spi.workflow.WorkflowBackendDriver;
import dev.inboard.test.server.PostgresServer;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The backend has a clock of its own, so time really passes here. */
class PostgresWorkflowBackendConformanceIT extends WorkflowBackendConformance {
  @RegisterExtension static final PostgresServer server = PostgresServer.shared();

  @Override
  protected WorkflowBackendDriver openDriver(Clock clock) {
    return TestComponents.workflows(
        "connectionString", TestComponents.at(server, server.createDatabase()));
  }

  @Override
  public Instant now() {
    return Instant.now().truncatedTo(ChronoUnit.MILLIS);
  }

  @Override
  public void passTime(Duration duration) throws InterruptedException {
    Thread.sleep(duration.toMillis());
  }

  @Override
  public boolean expectsJoint() {
    return true;
  }
}
