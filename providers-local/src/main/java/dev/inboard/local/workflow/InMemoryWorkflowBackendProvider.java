package dev.inboard.local.workflow;

import dev.inboard.spi.ComponentSpec;
import dev.inboard.spi.Option;
import dev.inboard.spi.workflow.WorkflowBackendDriver;
import dev.inboard.spi.workflow.WorkflowBackendProvider;
import java.util.List;

/** Opens {@code workflowbackend.in-memory}. It has no options. */
public final class InMemoryWorkflowBackendProvider implements WorkflowBackendProvider {
  @Override
  public String type() {
    return "workflowbackend.in-memory";
  }

  @Override
  public List<Option<?>> options() {
    return List.of();
  }

  @Override
  public WorkflowBackendDriver open(ComponentSpec spec) {
    return new InMemoryWorkflowBackend(spec);
  }
}
