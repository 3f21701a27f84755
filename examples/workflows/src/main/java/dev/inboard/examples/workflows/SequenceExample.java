package dev.inboard.examples.workflows;

import dev.inboard.Inboard;
import dev.inboard.workflow.CallOptions;
import dev.inboard.workflow.StartOptions;
import dev.inboard.workflow.Workflow;
import dev.inboard.workflow.WorkflowContext;
import dev.inboard.workflow.WorkflowRun;
import java.nio.file.Path;
import java.time.Duration;

/** One step after the other; the result of each is stored before the next begins. */
public final class SequenceExample {
  private SequenceExample() {}

  /** Somebody who wants an account. */
  record Applicant(String name, String mail) {}

  /** The steps, called by the workflow like plain Java. */
  interface Steps {
    String createAccount(Applicant applicant);

    void grantCredit(String account);

    String sendWelcome(Applicant applicant);
  }

  /** Opens an account. */
  static final class OpenAccount implements Workflow<Applicant, String> {
    @Override
    public String run(WorkflowContext context, Applicant applicant) {
      Steps steps = context.activities(Steps.class, CallOptions.retry(5));
      String account = steps.createAccount(applicant);
      steps.grantCredit(account);
      return steps.sendWelcome(applicant);
    }
  }

  /** What really happens; here nothing does. */
  static final class Bank implements Steps {
    @Override
    public String createAccount(Applicant applicant) {
      return "account of " + applicant.name();
    }

    @Override
    public void grantCredit(String account) {}

    @Override
    public String sendWelcome(Applicant applicant) {
      return "welcome sent to " + applicant.mail();
    }
  }

  static String run(Path data) {
    try (Inboard inboard =
        Inboard.builder()
            .appId("examples")
            .dataFolder(data)
            .workflow("open-account", OpenAccount.class)
            .activities(Steps.class, new Bank())
            .start()) {
      // The id makes the start idempotent: whoever asks twice gets one account.
      WorkflowRun run =
          inboard
              .workflows()
              .start(
                  "open-account",
                  new Applicant("Ada", "ada@example.org"),
                  StartOptions.once("ada"));
      return String.valueOf(run.await(String.class, Duration.ofSeconds(30)));
    }
  }

  /** Runs the example. */
  public static void main(String[] arguments) {
    System.out.println(run(Path.of("target/examples")));
  }
}
