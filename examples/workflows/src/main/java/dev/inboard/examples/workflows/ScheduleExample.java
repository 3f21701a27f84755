package dev.inboard.examples.workflows;

import dev.inboard.Inboard;
import dev.inboard.workflow.Schedule;
import dev.inboard.workflow.Schedules;
import dev.inboard.workflow.Workflow;
import dev.inboard.workflow.WorkflowContext;
import java.nio.file.Path;
import java.time.Duration;
import java.time.ZoneId;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** Starts a workflow by the clock. The schedule is stored, so it survives restarts. */
public final class ScheduleExample {
  private ScheduleExample() {}

  /** Writes one report. */
  static final class WriteReport implements Workflow<String, String> {
    @Override
    public String run(WorkflowContext context, String department) {
      return context.call("write", department, String.class).await();
    }
  }

  static String run(Path data) throws InterruptedException {
    BlockingQueue<String> written = new LinkedBlockingQueue<>();
    try (Inboard inboard =
        Inboard.builder()
            .appId("examples")
            .dataFolder(data)
            .workflow("report", WriteReport.class)
            .activity("write", String.class, (context, department) -> write(written, department))
            .start()) {
      Schedules schedules = inboard.workflows().schedules();
      schedules.put( // the same name replaces it, so this may run at every start
          Schedule.cron("nightly", "30 2 * * MON-FRI", ZoneId.of("Europe/Berlin"), "report")
              .withInput("sales")
              .withMisfire(Schedule.Misfire.FIRE_ONCE));
      schedules.put(Schedule.every("hourly", Duration.ofHours(1), "report").withInput("stock"));
      schedules.trigger("nightly"); // now and then one cannot wait until half past two
      String report = written.poll(30, TimeUnit.SECONDS);
      schedules.remove("hourly");
      return report + "; schedules: " + schedules.names();
    }
  }

  private static String write(BlockingQueue<String> written, String department) {
    written.add("report for " + department);
    return "done";
  }

  /** Runs the example. */
  public static void main(String[] arguments) throws InterruptedException {
    System.out.println(run(Path.of("target/examples")));
  }
}
