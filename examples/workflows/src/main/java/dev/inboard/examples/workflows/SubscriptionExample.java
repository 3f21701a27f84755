package dev.inboard.examples.workflows;

import dev.inboard.Inboard;
import dev.inboard.workflow.CallOptions;
import dev.inboard.workflow.StartOptions;
import dev.inboard.workflow.Workflow;
import dev.inboard.workflow.WorkflowCancelledException;
import dev.inboard.workflow.WorkflowContext;
import java.nio.file.Path;
import java.time.Duration;

/**
 * A workflow that takes a year. How it is tested in milliseconds is in {@code
 * SubscriptionExampleTest}.
 */
public final class SubscriptionExample {
  private SubscriptionExample() {}

  /**
   * Thirty days for free, then a charge every thirty days, until it is cancelled or a year over.
   */
  static final class Subscription implements Workflow<String, String> {
    @Override
    public String run(WorkflowContext context, String customer) {
      int charges = 0;
      try {
        while (charges < 12) {
          context.sleep(Duration.ofDays(30));
          context.call("charge", customer, String.class, CallOptions.retry(10)).await();
          charges++;
          context.setStatus(charges + " paid");
        }
        return "a year is over";
      } catch (WorkflowCancelledException e) {
        context.call("say-goodbye", customer, String.class).await();
        return "cancelled after " + charges;
      }
    }
  }

  static String run(Path data) {
    try (Inboard inboard =
        Inboard.builder()
            .appId("examples")
            .dataFolder(data)
            .workflow("subscription", Subscription.class)
            .activity("charge", String.class, (context, customer) -> "charged " + customer)
            .activity("say-goodbye", String.class, (context, customer) -> "goodbye " + customer)
            .start()) {
      inboard.workflows().start("subscription", "ada", StartOptions.once("subscription/ada"));
      return inboard.workflows().find("subscription/ada").orElseThrow().waitingFor();
    }
  }

  /** Runs the example. */
  public static void main(String[] arguments) {
    System.out.println("waiting for " + run(Path.of("target/examples")));
  }
}
