package dev.inboard.internal.lifecycle;

import dev.inboard.internal.workflow.Registry;
import dev.inboard.workflow.WorkflowOptions;

/** The workflows and activities of the application, and how they are run. */
public record WorkflowCode(Registry registry, WorkflowOptions options) {
  /** Says whether there is anything to run. */
  boolean isPresent() {
    return !registry.isEmpty();
  }
}
