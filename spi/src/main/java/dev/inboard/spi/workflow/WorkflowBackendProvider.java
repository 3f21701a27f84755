package dev.inboard.spi.workflow;

import dev.inboard.spi.Provider;

/** Opens workflow backends of one type, such as {@code workflowbackend.sqlite}. */
public interface WorkflowBackendProvider extends Provider<WorkflowBackendDriver> {}
