package dev.inboard.examples.workflows;

import dev.inboard.Inboard;
import dev.inboard.workflow.CallOptions;
import dev.inboard.workflow.Workflow;
import dev.inboard.workflow.WorkflowContext;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;

/** Looks after something for as long as it takes, with a history that stays short. */
public final class MonitorExample {
  private MonitorExample() {}

  /**
   * What a look needs to know of those before.
   *
   * @param pause between two looks, in milliseconds
   */
  record Watch(String site, long pause, int looks) {}

  /** Looks, waits, and begins again as a new generation under the same id. */
  static final class Monitor implements Workflow<Watch, String> {
    @Override
    public String run(WorkflowContext context, Watch watch) {
      CallOptions options = CallOptions.retry(3).withAttemptTimeout(Duration.ofSeconds(10));
      boolean healthy = context.call("look", watch.site(), Boolean.class, options).await();
      int looks = watch.looks() + 1;
      if (healthy) {
        return watch.site() + " is healthy after " + looks + " looks";
      }
      context.setStatus("unhealthy, looked " + looks + " times");
      context.sleep(Duration.ofMillis(watch.pause()));
      throw context.continueAsNew(new Watch(watch.site(), watch.pause(), looks));
    }
  }

  static String run(Path data) {
    AtomicInteger looks = new AtomicInteger();
    try (Inboard inboard =
        Inboard.builder()
            .appId("examples")
            .dataFolder(data)
            .workflow("monitor", Monitor.class)
            .activity("look", String.class, (context, site) -> looks.incrementAndGet() >= 3)
            .start()) {
      return String.valueOf(
          inboard
              .workflows()
              .start("monitor", new Watch("shop", 20, 0))
              .await(String.class, Duration.ofSeconds(30)));
    }
  }

  /** Runs the example. */
  public static void main(String[] arguments) {
    System.out.println(run(Path.of("target/examples")));
  }
}
