package dev.inboard.sqlite;

import dev.inboard.spi.ComponentSpec;
import dev.inboard.spi.conformance.WorkflowBackendConformance;
import dev.inboard.spi.workflow.WorkflowBackendDriver;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Map;
import org.junit.jupiter.api.io.TempDir;

class SqliteWorkflowBackendConformanceTest extends WorkflowBackendConformance {
  @TempDir Path folder;

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
                Map.of("connectionString", folder.resolve("flows.db").toString()),
                clock));
  }
}
