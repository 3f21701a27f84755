package dev.inboard.benchmarks.workflows;

import dev.inboard.Inboard;
import dev.inboard.benchmarks.Components;
import dev.inboard.test.server.PostgresServer;
import dev.inboard.workflow.Workflow;
import dev.inboard.workflow.WorkflowContext;
import dev.inboard.workflow.WorkflowOptions;
import java.time.Duration;
import java.util.Map;

/** Ours: a runtime with a workflow that calls five activities, one after the other. */
final class FiveSteps implements AutoCloseable {
  private static final String NAME = "five-steps";
  private static final Duration LIMIT = Duration.ofMinutes(1);

  private final Inboard inboard;

  /** Each step adds one. */
  static final class Code implements Workflow<Integer, Integer> {
    @Override
    public Integer run(WorkflowContext context, Integer n) {
      int sum = n;
      for (int i = 0; i < 5; i++) {
        sum = context.call("inc", sum, Integer.class).await();
      }
      return sum;
    }
  }

  FiveSteps(String type, Map<String, String> metadata) {
    inboard =
        Components.runtime("workflows", type, metadata)
            .workflow(NAME, Code.class)
            .activity("inc", Integer.class, (context, n) -> n + 1)
            .workflowOptions(WorkflowOptions.DEFAULT.withRetention(Duration.ofSeconds(20)))
            .start();
  }

  static FiveSteps inMemory() {
    return new FiveSteps("workflowbackend.in-memory", Map.of());
  }

  /** On a file of its own, each commit on the disk before it is acknowledged. */
  static FiveSteps onSqlite() {
    return new FiveSteps(
        "workflowbackend.sqlite",
        Map.of("connectionString", Components.folder().resolve("workflows.db").toString()));
  }

  /** In a database of its own. */
  static FiveSteps onPostgres(PostgresServer server) {
    return new FiveSteps(
        "workflowbackend.postgresql",
        Map.of(
            "connectionString",
            "postgres://%s@%s/%s?sslmode=disable"
                .formatted(PostgresServer.USER, server.address(), server.createDatabase())));
  }

  /** Starts an instance and waits for its result. */
  Object run() {
    Integer result = inboard.workflows().start(NAME, 1).await(Integer.class, LIMIT);
    if (result == null || result != 6) {
      throw new IllegalStateException("the result is " + result);
    }
    return result;
  }

  @Override
  public void close() {
    inboard.close();
  }
}
