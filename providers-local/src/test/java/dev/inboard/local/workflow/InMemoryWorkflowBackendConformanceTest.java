package dev.inboard.local.workflow;

import dev.inboard.spi.ComponentSpec;
import dev.inboard.spi.conformance.WorkflowBackendConformance;
import dev.inboard.spi.workflow.WorkflowBackendDriver;
import java.time.Clock;
import java.util.Map;

class InMemoryWorkflowBackendConformanceTest extends WorkflowBackendConformance {
  @Override
  protected WorkflowBackendDriver openDriver(Clock clock) {
    return new InMemoryWorkflowBackendProvider()
        .open(
            new ComponentSpec(
                "flows", "workflowbackend.in-memory", "v1", "app", "default", Map.of(), clock));
  }
}
