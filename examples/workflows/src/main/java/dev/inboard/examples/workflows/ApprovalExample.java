package dev.inboard.examples.workflows;

import dev.inboard.Inboard;
import dev.inboard.workflow.CallOptions;
import dev.inboard.workflow.TaskTimeoutException;
import dev.inboard.workflow.Workflow;
import dev.inboard.workflow.WorkflowContext;
import dev.inboard.workflow.WorkflowRun;
import java.nio.file.Path;
import java.time.Duration;

/** Waits for a human, but not for ever. The wait costs a row in the backend and nothing else. */
public final class ApprovalExample {
  private ApprovalExample() {}

  record Expense(String id, int amount) {}

  record Decision(String by, boolean approved) {}

  /** Asks the chief; after three days without an answer it asks the next one up. */
  static final class Approve implements Workflow<Expense, String> {
    @Override
    public String run(WorkflowContext context, Expense expense) {
      if (expense.amount() < 100) {
        return "approved without asking";
      }
      Decision decision;
      try {
        decision = ask(context, "chief", expense);
      } catch (TaskTimeoutException e) {
        decision = ask(context, "director", expense);
      }
      return (decision.approved() ? "approved by " : "refused by ") + decision.by();
    }

    private static Decision ask(WorkflowContext context, String who, Expense expense) {
      context
          .call("ask", who + " about " + expense.id(), String.class, CallOptions.retry(5))
          .await();
      context.setStatus("waiting for the " + who);
      return context.event("decision", Decision.class).await(Duration.ofDays(3));
    }
  }

  static String run(Path data) {
    try (Inboard inboard =
        Inboard.builder()
            .appId("examples")
            .dataFolder(data)
            .workflow("approve", Approve.class)
            .activity("ask", String.class, (context, question) -> "asked the " + question)
            .start()) {
      WorkflowRun run = inboard.workflows().start("approve", new Expense("e-1", 250));
      // In earnest this is a web request, days later, perhaps to another process.
      inboard.workflows().raise(run.id(), "decision", new Decision("chief", true));
      return String.valueOf(run.await(String.class, Duration.ofSeconds(30)));
    }
  }

  /** Runs the example. */
  public static void main(String[] arguments) {
    System.out.println(run(Path.of("target/examples")));
  }
}
