package dev.inboard.benchmarks.workflows;

import dev.inboard.Inboard;
import dev.inboard.benchmarks.Components;
import dev.inboard.test.server.PostgresServer;
import dev.inboard.workflow.StartOptions;
import dev.inboard.workflow.Workflow;
import dev.inboard.workflow.WorkflowContext;
import dev.inboard.workflow.WorkflowOptions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Ours: a runtime with a workflow of five steps, one after the other, and one that calls five
 * activities instead, which other threads run.
 */
public final class FiveSteps implements AutoCloseable {
  private static final String STEPS = "five-steps";
  private static final String ACTIVITIES = "five-activities";
  private static final Duration LIMIT = Duration.ofMinutes(1);

  private final Inboard inboard;

  /** Each step adds one. */
  static final class Steps implements Workflow<Integer, Integer> {
    @Override
    public Integer run(WorkflowContext context, Integer n) {
      int sum = n;
      for (int i = 0; i < 5; i++) {
        int before = sum;
        sum = context.step("inc", Integer.class, () -> before + 1);
      }
      return sum;
    }
  }

  /** Each activity adds one. */
  static final class Activities implements Workflow<Integer, Integer> {
    @Override
    public Integer run(WorkflowContext context, Integer n) {
      int sum = n;
      for (int i = 0; i < 5; i++) {
        sum = context.call("inc", sum, Integer.class).await();
      }
      return sum;
    }
  }

  /** On a backend. */
  public FiveSteps(String type, Map<String, String> metadata) {
    inboard =
        Components.runtime("workflows", type, metadata)
            .workflow(STEPS, Steps.class)
            .workflow(ACTIVITIES, Activities.class)
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
  public static FiveSteps onPostgres(PostgresServer server) {
    return new FiveSteps(
        "workflowbackend.postgresql",
        Map.of(
            "connectionString",
            "postgres://%s@%s/%s?sslmode=disable"
                .formatted(PostgresServer.USER, server.address(), server.createDatabase())));
  }

  /** Starts a workflow of steps and waits for its result. */
  public Object run() {
    return run(STEPS);
  }

  /** Starts a workflow of activities and waits for its result. */
  public Object runActivities() {
    return run(ACTIVITIES);
  }

  private Object run(String name) {
    Integer result = inboard.workflows().start(name, 1).await(Integer.class, LIMIT);
    if (result == null || result != 6) {
      throw new IllegalStateException("the result is " + result);
    }
    return result;
  }

  /** Starts many workflows of steps at once and waits for all. */
  public void runTogether(int count) {
    List<CompletableFuture<@Nullable Integer>> all = new ArrayList<>();
    for (int n = 0; n < count; n++) {
      all.add(
          inboard
              .workflows()
              .startAsync(STEPS, n, StartOptions.DEFAULT)
              .thenCompose(run -> run.result(Integer.class)));
    }
    all.forEach(CompletableFuture::join);
  }

  @Override
  public void close() {
    inboard.close();
  }
}
