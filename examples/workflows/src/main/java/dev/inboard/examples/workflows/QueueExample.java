package dev.inboard.examples.workflows;

import dev.inboard.Inboard;
import dev.inboard.workflow.CallOptions;
import dev.inboard.workflow.QueueOptions;
import dev.inboard.workflow.RetryPolicy;
import dev.inboard.workflow.Task;
import dev.inboard.workflow.Workflow;
import dev.inboard.workflow.WorkflowContext;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Activities in a queue, which all processes that listen to it work off together: never more at a
 * time, and never faster, than the mail server takes.
 */
public final class QueueExample {
  private QueueExample() {}

  /** Sends mails to everybody; who pays gets them first. */
  static final class Newsletter implements Workflow<List<String>, Integer> {
    private static final CallOptions EMAILS =
        CallOptions.queue("emails")
            .withRetry(RetryPolicy.exponential(5, Duration.ofSeconds(1)))
            .withAttemptTimeout(Duration.ofMinutes(1));

    @Override
    public Integer run(WorkflowContext context, List<String> readers) {
      List<Task<String>> mails = new ArrayList<>();
      for (String reader : readers) {
        int priority = reader.endsWith("+") ? 0 : 10; // lower numbers first
        mails.add(context.call("send", reader, String.class, EMAILS.withPriority(priority)));
      }
      return Task.all(mails).await().size();
    }
  }

  static String run(Path data) {
    QueueOptions limits =
        QueueOptions.DEFAULT
            .withPerNode(2) // this process
            .withConcurrency(10) // all processes together
            .withRate(100, Duration.ofSeconds(1));
    try (Inboard inboard =
        Inboard.builder()
            .appId("examples")
            .dataFolder(data)
            .workflow("newsletter", Newsletter.class)
            .activity("send", String.class, (context, reader) -> "sent to " + reader)
            .activityQueue("emails", limits)
            .start()) {
      List<String> readers = List.of("ada", "grace+", "edsger", "barbara+");
      return inboard
              .workflows()
              .start("newsletter", readers)
              .await(Integer.class, Duration.ofSeconds(30))
          + " mails sent";
    }
  }

  /** Runs the example. */
  public static void main(String[] arguments) {
    System.out.println(run(Path.of("target/examples")));
  }
}
