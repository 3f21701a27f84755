package dev.inboard.examples.workflows;

import dev.inboard.Inboard;
import dev.inboard.InboardBuilder;
import dev.inboard.workflow.Workflow;
import dev.inboard.workflow.WorkflowContext;
import dev.inboard.workflow.Workflows;
import java.nio.file.Path;
import java.time.Duration;

/**
 * Code changes while instances are under way: those that passed the changed place go on the old
 * way.
 */
public final class VersioningExample {
  private static final Duration LIMIT = Duration.ofSeconds(30);

  private VersioningExample() {}

  /** As it was delivered last year. */
  static final class Delivery implements Workflow<String, String> {
    @Override
    public String run(WorkflowContext context, String parcel) {
      String carrier = context.call("post", parcel, String.class).await();
      context.event("arrived", String.class).await();
      return carrier;
    }
  }

  /** As it is delivered now: by bicycle, and with a survey. */
  static final class FasterDelivery implements Workflow<String, String> {
    @Override
    public String run(WorkflowContext context, String parcel) {
      String activity = context.patched("by-bicycle") ? "bicycle" : "post";
      String carrier = context.call(activity, parcel, String.class).await();
      context.event("arrived", String.class).await();
      return carrier + (context.patched("survey") ? ", with survey" : "");
    }
  }

  private static InboardBuilder inboard(Path data) {
    return Inboard.builder()
        .appId("examples")
        .dataFolder(data)
        .activity("post", String.class, (context, parcel) -> parcel + " by post")
        .activity("bicycle", String.class, (context, parcel) -> parcel + " by bicycle");
  }

  static String run(Path data) {
    String old;
    try (Inboard inboard = inboard(data).workflow("deliver", Delivery.class).start()) {
      old = inboard.workflows().start("deliver", "first parcel").id();
    }
    // the next release
    try (Inboard inboard = inboard(data).workflow("deliver", FasterDelivery.class).start()) {
      Workflows workflows = inboard.workflows();
      String young = workflows.start("deliver", "second parcel").id();
      workflows.raise(old, "arrived", "today");
      workflows.raise(young, "arrived", "today");
      return workflows.run(old).await(String.class, LIMIT)
          + "; "
          + workflows.run(young).await(String.class, LIMIT);
    }
  }

  /** Runs the example. */
  public static void main(String[] arguments) {
    System.out.println(run(Path.of("target/examples")));
  }
}
