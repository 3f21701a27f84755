package dev.inboard.benchmarks.postgresql;

import dev.inboard.Inboard;
import dev.inboard.InboardBuilder;
import dev.inboard.benchmarks.Components;
import dev.inboard.postgresql.PostgresWorkflowBackendProvider;
import dev.inboard.spi.ComponentSpec;
import dev.inboard.spi.Option;
import dev.inboard.spi.workflow.Claims;
import dev.inboard.spi.workflow.JointWorkflowBackendDriver;
import dev.inboard.spi.workflow.TaskQueueWorkflowBackendDriver;
import dev.inboard.spi.workflow.WorkflowBackendDriver;
import dev.inboard.spi.workflow.WorkflowBackendProvider;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.locks.LockSupport;

/**
 * One of several nodes that share the workflows of one database: a program that says when it is
 * ready, and prints a line for every claim that took something.
 */
final class ClaimingNode {
  static final String WORKFLOW = "five";
  static final String READY = "ready";
  static final String TOOK = "took ";

  private ClaimingNode() {}

  /** Argument: the connection string. Runs until it is killed or its parent is gone. */
  public static void main(String[] arguments) {
    try (Inboard node =
        workflows("workflowbackend.counted", arguments[0]).provider(new Counted()).start()) {
      System.out.println(READY);
      LockSupport.park(node);
    }
  }

  /** Returns a builder of a runtime with five steps that do nothing. */
  static InboardBuilder workflows(String type, String connectionString) {
    return Components.runtime("flows", type, Map.of("connectionString", connectionString))
        .workflow(
            WORKFLOW,
            Integer.class,
            (context, n) -> {
              int value = n;
              for (int i = 0; i < 5; i++) {
                value = context.call("inc", value, Integer.class).await();
              }
              return value;
            })
        .activity("inc", Integer.class, (context, n) -> n + 1);
  }

  /** The backend, whose claims are told of. */
  private static final class Counted implements WorkflowBackendProvider {
    private final PostgresWorkflowBackendProvider real = new PostgresWorkflowBackendProvider();

    @Override
    public String type() {
      return "workflowbackend.counted";
    }

    @Override
    public List<Option<?>> options() {
      return real.options();
    }

    @Override
    public WorkflowBackendDriver open(ComponentSpec spec) {
      WorkflowBackendDriver driver = real.open(spec);
      return (WorkflowBackendDriver)
          Proxy.newProxyInstance(
              ClaimingNode.class.getClassLoader(),
              new Class<?>[] {
                JointWorkflowBackendDriver.class, TaskQueueWorkflowBackendDriver.class
              },
              (self, method, values) -> {
                try {
                  Object answer = method.invoke(driver, values);
                  return method.getName().equals("claim")
                      ? told((CompletionStage<?>) answer)
                      : answer;
                } catch (InvocationTargetException e) {
                  throw e.getCause();
                }
              });
    }

    private static CompletionStage<?> told(CompletionStage<?> claim) {
      return claim.thenApply(
          answer -> {
            int taken = ((Claims) answer).taken().size();
            if (taken > 0) {
              System.out.println(TOOK + taken);
            }
            return answer;
          });
    }
  }
}
