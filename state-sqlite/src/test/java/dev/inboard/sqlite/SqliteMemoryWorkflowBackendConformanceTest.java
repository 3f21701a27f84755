package dev.inboard.sqlite;

import dev.inboard.spi.ComponentSpec;
import dev.inboard.spi.conformance.WorkflowBackendConformance;
import dev.inboard.spi.workflow.WorkflowBackendDriver;
import java.time.Clock;
import java.util.Map;

class SqliteMemoryWorkflowBackendConformanceTest extends WorkflowBackendConformance {
  @Override
  protected WorkflowBackendDriver openDriver(Clock clock) {
    return new SqliteWorkflowBackendProvider()
        .open(
            new ComponentSpec(
                "flows",
                "workflowbackend.sqlite",
                "v1",
                "app",
                "default",
                Map.of("connectionString", ":memory:"),
                clock));
  }
}
