package dev.inboard.benchmarks.workflows;

import io.temporal.activity.ActivityInterface;
import io.temporal.activity.ActivityOptions;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowOptions;
import io.temporal.testing.TestEnvironmentOptions;
import io.temporal.testing.TestWorkflowEnvironment;
import io.temporal.worker.Worker;
import io.temporal.workflow.WorkflowInterface;
import io.temporal.workflow.WorkflowMethod;
import java.time.Duration;

/**
 * The same five steps on Temporal's SDK and its server for tests, which keeps all in memory.
 *
 * <p>The server's clock runs as ours does; it does not skip time. Callers are few, because with 64
 * it leaves some of them waiting for ever while it serves the others, at the same rate in all.
 */
final class TemporalFiveSteps implements AutoCloseable {
  private static final String QUEUE = "bench";

  private final TestWorkflowEnvironment environment =
      TestWorkflowEnvironment.newInstance(
          TestEnvironmentOptions.newBuilder().setUseTimeskipping(false).build());
  private final WorkflowClient client;

  /** What Temporal makes durable. */
  @WorkflowInterface
  public interface Steps {
    /** Adds five. */
    @WorkflowMethod
    int run(int n);
  }

  /** One step. */
  @ActivityInterface
  public interface Inc {
    /** Adds one. */
    int inc(int n);
  }

  /** Calls the steps. */
  public static final class Code implements Steps {
    private final Inc inc =
        io.temporal.workflow.Workflow.newActivityStub(
            Inc.class,
            ActivityOptions.newBuilder().setStartToCloseTimeout(Duration.ofMinutes(1)).build());

    @Override
    public int run(int n) {
      int sum = n;
      for (int i = 0; i < 5; i++) {
        sum = inc.inc(sum);
      }
      return sum;
    }
  }

  /** Adds one. */
  public static final class Adder implements Inc {
    @Override
    public int inc(int n) {
      return n + 1;
    }
  }

  TemporalFiveSteps() {
    Worker worker = environment.newWorker(QUEUE);
    worker.registerWorkflowImplementationTypes(Code.class);
    worker.registerActivitiesImplementations(new Adder());
    environment.start();
    client = environment.getWorkflowClient();
  }

  Object run() {
    WorkflowOptions options = WorkflowOptions.newBuilder().setTaskQueue(QUEUE).build();
    return client.newWorkflowStub(Steps.class, options).run(1);
  }

  @Override
  public void close() {
    environment.close();
  }
}
