package dev.inboard.it;

import dev.inboard.Inboard;
import dev.inboard.workflow.ActivityContext;
import dev.inboard.workflow.StartOptions;
import dev.inboard.workflow.WorkflowContext;
import dev.inboard.workflow.WorkflowOptions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/**
 * A node with workflows in Redis: a process of its own that starts many, to be killed meanwhile.
 */
final class RedisWorkflowNode {
  static final Duration LEASE = Duration.ofSeconds(10);
  static final String STARTED = "all are started";

  private RedisWorkflowNode() {}

  /** Arguments: a folder for resources, the server's address, how many workflows to start. */
  public static void main(String[] arguments) {
    try (Inboard node = start(Path.of(arguments[0]), arguments[1])) {
      int count = Integer.parseInt(arguments[2]);
      for (int n = 0; n < count; n++) {
        node.workflows().start("count", n, StartOptions.id("count-" + n));
      }
      System.out.println(STARTED);
      LockSupport.park();
    }
  }

  static Inboard start(Path folder, String address) {
    try {
      Files.writeString(
          folder.resolve("flows.yaml"),
          """
          apiVersion: dapr.io/v1alpha1
          kind: Component
          metadata: {name: flows}
          spec:
            type: workflowbackend.redis
            version: v1
            initTimeout: 60s
            metadata: [{name: redisHost, value: '%s'}]
          """
              .formatted(address));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return Inboard.builder()
        .appId("counting")
        .resources(folder)
        .workflowOptions(WorkflowOptions.DEFAULT.withLease(LEASE, Duration.ofSeconds(1)))
        .workflow("count", Integer.class, RedisWorkflowNode::count)
        .workflow(
            "half", Integer.class, (context, n) -> context.call("add", n, Integer.class).await())
        .activity("add", Integer.class, RedisWorkflowNode::add)
        .start();
  }

  /** Three steps, a pause, and a child: n + 4. */
  private static Integer count(WorkflowContext context, Integer n) {
    int sum = n;
    for (int step = 0; step < 3; step++) {
      sum = context.call("add", sum, Integer.class).await();
      context.sleep(Duration.ofSeconds(4)); // so that none is through when this node dies
    }
    return context.child("half", sum, Integer.class).await();
  }

  private static Integer add(ActivityContext context, Integer n) {
    return n + 1;
  }
}
