package dev.inboard.internal.workflow;

import dev.inboard.internal.workflow.Registry.RegisteredWorkflow;
import dev.inboard.spi.workflow.InstanceStatus;
import dev.inboard.workflow.Workflow;
import dev.inboard.workflow.WorkflowCancelledException;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/** The application's code of one execution, and what undoes its steps when it fails. */
final class WorkflowCode {
  private final Execution execution;
  private final RegisteredWorkflow workflow;
  private final Deque<Runnable> compensations = new ArrayDeque<>();

  WorkflowCode(Execution execution, RegisteredWorkflow workflow) {
    this.execution = execution;
    this.workflow = workflow;
  }

  RegisteredWorkflow workflow() {
    return workflow;
  }

  /** What is to be done when the code fails; the last one first. */
  void compensateWith(Runnable undo) {
    compensations.push(undo);
  }

  /**
   * Runs the code to its end.
   *
   * @throws Unwind when it is to leave memory
   * @throws Mismatch when it does not fit the history
   */
  Outcome run() {
    try {
      return Outcome.completed(invoke());
    } catch (ContinueAsNew e) {
      return new Outcome.Continued(e.input);
    } catch (Unwind | Mismatch e) {
      throw e;
    } catch (Throwable e) {
      execution.throwIfUnwinding();
      compensate();
      InstanceStatus status =
          e instanceof WorkflowCancelledException
              ? InstanceStatus.CANCELLED
              : InstanceStatus.FAILED;
      return Outcome.failed(status, Failures.of(e));
    }
  }

  @SuppressWarnings({"unchecked", "NullAway"}) // the registry knows the input type
  private byte @Nullable [] invoke() throws Exception {
    execution.awaitStart();
    Workflow<@Nullable Object, @Nullable Object> code =
        (Workflow<@Nullable Object, @Nullable Object>) workflow.factory().call();
    String label = "workflow '" + workflow.name() + "'";
    Payloads payloads = execution.payloads();
    Object input =
        payloads.decode(execution.definition().input(), workflow.inputType(), "input of " + label);
    Object output = code.run(new Context(execution), input);
    execution.throwIfOver();
    return payloads.encode(output, "result of " + label);
  }

  private void compensate() {
    while (!compensations.isEmpty()) {
      try {
        compensations.pop().run();
      } catch (RuntimeException e) {
        Context.LOG.warn("a compensation of workflow '{}' failed", execution.definition().id(), e);
      }
    }
  }
}
