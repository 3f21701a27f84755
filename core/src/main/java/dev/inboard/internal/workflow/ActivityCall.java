package dev.inboard.internal.workflow;

import dev.inboard.spi.workflow.InstanceDefinition;
import dev.inboard.workflow.CallOptions;
import org.jspecify.annotations.Nullable;

/** One attempt of an activity. */
record ActivityCall(
    Key key,
    InstanceDefinition instance,
    int attempt,
    String name,
    byte @Nullable [] input,
    CallOptions options,
    long deadline,
    byte @Nullable [] details) {

  /**
   * Names the attempt: an older one that still runs somewhere must not stand in for a newer one.
   *
   * @param claim number of the claim under which a task of a queue is run; 0 for any other
   */
  record Key(String executionId, int generation, int task, int attempt, long claim) {
    /** An attempt by the node of the instance. */
    Key(String executionId, int generation, int task, int attempt) {
      this(executionId, generation, task, attempt, 0);
    }
  }

  static ActivityCall of(InstanceDefinition instance, int generation, ActivityTask<?> task) {
    return new ActivityCall(
        new Key(instance.executionId(), generation, task.number, task.attempt()),
        instance,
        task.attempt(),
        task.name,
        task.input,
        task.options,
        task.deadline(),
        task.details());
  }

  String workflowId() {
    return instance.id();
  }

  String idempotencyKey() {
    return key.executionId() + "/" + key.generation() + "/" + key.task();
  }

  /** Makes the answer to the instance. */
  Incoming answer(HistoryEvent.Input event) {
    return Incoming.local(new Envelope(key.executionId(), key.generation(), "", event));
  }
}
