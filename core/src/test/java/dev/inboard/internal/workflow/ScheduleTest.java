package dev.inboard.internal.workflow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.inboard.workflow.Schedule;
import dev.inboard.workflow.Schedule.Misfire;
import dev.inboard.workflow.Schedule.Overlap;
import dev.inboard.workflow.WorkflowContext;
import dev.inboard.workflow.WorkflowFilter;
import dev.inboard.workflow.WorkflowStatus;
import dev.inboard.workflow.Workflows;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import org.junit.jupiter.api.Test;

class ScheduleTest extends EngineFixture {
  private Workflows started() {
    registry.workflow("job", "", Integer.class, (context, n) -> n);
    return workflows();
  }

  private static long runs(Workflows workflows) {
    return workflows.count(WorkflowFilter.ALL.withName("job"));
  }

  @Test
  void cronStartsOneInstancePerTime() {
    Workflows workflows = started();
    workflows
        .schedules()
        .put(Schedule.cron("hourly", "0 * * * *", ZoneOffset.UTC, "job").withInput(7));
    host.pass(Duration.ofHours(30));
    assertThat(runs(workflows)).isEqualTo(30);
    assertThat(workflows.find("hourly/2026-03-01T11:00:00Z").orElseThrow().output(Integer.class))
        .contains(7);
    assertThat(workflows.schedules().names()).containsExactly("hourly");
  }

  @Test
  void longLivedScheduleKeepsAShortHistory() {
    Workflows workflows = started();
    workflows.schedules().put(Schedule.every("often", Duration.ofMinutes(1), "job"));
    host.pass(Duration.ofHours(10));
    assertThat(runs(workflows)).isEqualTo(600);
    assertThat(workflows.find("inboard.schedule/often").orElseThrow().historyLength())
        .isLessThan(1_000);
  }

  @Test
  void missedTimesAreTreatedAsThePolicySays() {
    Workflows workflows = started();
    for (Misfire misfire : Misfire.values()) {
      workflows
          .schedules()
          .put(Schedule.every(misfire.name(), Duration.ofHours(1), "job").withMisfire(misfire));
      workflows.schedules().pause(misfire.name());
    }
    host.pass(Duration.ofMinutes(5 * 60 + 30));
    assertThat(runs(workflows)).isZero();
    for (Misfire misfire : Misfire.values()) {
      workflows.schedules().resume(misfire.name());
    }
    host.pass(Duration.ofMinutes(1));
    assertThat(workflows.count(WorkflowFilter.ALL.withIdPrefix("FIRE_ONCE/"))).isEqualTo(1);
    assertThat(workflows.count(WorkflowFilter.ALL.withIdPrefix("FIRE_ALL/"))).isEqualTo(5);
    assertThat(workflows.count(WorkflowFilter.ALL.withIdPrefix("SKIP/"))).isZero();
  }

  @Test
  void triggerReplaceAndRemove() {
    Workflows workflows = started();
    workflows.schedules().put(Schedule.every("s", Duration.ofDays(1), "job"));
    workflows.schedules().trigger("s");
    host.pass(Duration.ofMinutes(1));
    assertThat(runs(workflows)).isEqualTo(1);
    workflows.schedules().put(Schedule.every("s", Duration.ofHours(1), "job"));
    host.pass(Duration.ofMinutes(90));
    assertThat(runs(workflows)).isEqualTo(2);
    workflows.schedules().remove("s");
    host.pass(Duration.ofDays(3));
    assertThat(runs(workflows)).isEqualTo(2);
    assertThat(workflows.schedules().names()).isEmpty();
  }

  @Test
  void instancesThatTakeLongAreTreatedAsThePolicySays() {
    registry.workflow("long", "", Integer.class, (context, n) -> slow(context));
    Workflows workflows = started();
    for (Overlap overlap : List.of(Overlap.ALLOW, Overlap.SKIP, Overlap.REPLACE)) {
      workflows
          .schedules()
          .put(Schedule.every(overlap.name(), Duration.ofHours(1), "long").withOverlap(overlap));
    }
    host.pass(Duration.ofHours(6).plusMinutes(1)); // each instance takes two and a half hours
    assertThat(running(workflows, "ALLOW")).isEqualTo(3);
    assertThat(all(workflows, "ALLOW")).isEqualTo(6);
    assertThat(running(workflows, "SKIP")).isEqualTo(1);
    assertThat(all(workflows, "SKIP")).isEqualTo(2);
    assertThat(running(workflows, "REPLACE")).isEqualTo(1);
    assertThat(all(workflows, "REPLACE")).isEqualTo(6);
    assertThat(
            workflows.count(
                WorkflowFilter.ALL.withIdPrefix("REPLACE/").withStatus(WorkflowStatus.TERMINATED)))
        .isEqualTo(5);
  }

  @Test
  void timesThatComeMeanwhileWaitAsThePolicySays() {
    registry.workflow("long", "", Integer.class, (context, n) -> slower(context));
    Workflows workflows = started();
    for (Overlap overlap : List.of(Overlap.BUFFER_ONE, Overlap.BUFFER_ALL)) {
      workflows
          .schedules()
          .put(Schedule.every(overlap.name(), Duration.ofHours(1), "long").withOverlap(overlap));
    }
    host.pass(Duration.ofHours(12).plusMinutes(30));
    // One at a time without a pause: from 1:00, 3:31, 6:02, 8:33 and 11:04.
    assertThat(served(workflows, "BUFFER_ALL")).containsExactly(1, 2, 3, 4, 5);
    // The first time that came while an instance ran, and no other.
    assertThat(served(workflows, "BUFFER_ONE")).containsExactly(1, 2, 4, 7, 9);
    assertThat(running(workflows, "BUFFER_ALL")).isEqualTo(1);
    assertThat(running(workflows, "BUFFER_ONE")).isEqualTo(1);
  }

  /** Ends when the schedule does not look, so that it notices at the next look. */
  private static Integer slower(WorkflowContext context) {
    context.sleep(Duration.ofMinutes(150).plusSeconds(30));
    return 1;
  }

  /** Returns the hours after the start that were served. */
  private List<Integer> served(Workflows workflows, String schedule) {
    Instant begin = host.clock().instant().minus(Duration.ofMinutes(12 * 60 + 30));
    return workflows
        .list(WorkflowFilter.ALL.withIdPrefix(schedule + "/"), null, 100)
        .instances()
        .stream()
        .map(run -> Instant.parse(run.id().substring(schedule.length() + 1)))
        .map(time -> (int) Duration.between(begin, time).toHours())
        .sorted()
        .toList();
  }

  private static Integer slow(WorkflowContext context) {
    context.sleep(Duration.ofMinutes(150));
    return 1;
  }

  private static long all(Workflows workflows, String schedule) {
    return workflows.count(WorkflowFilter.ALL.withIdPrefix(schedule + "/"));
  }

  private static long running(Workflows workflows, String schedule) {
    return workflows.count(
        WorkflowFilter.ALL.withIdPrefix(schedule + "/").withStatus(WorkflowStatus.RUNNING));
  }

  @Test
  void pastTimesAreServedWhenAsked() {
    Workflows workflows = started();
    Instant begin = host.clock().instant();
    workflows
        .schedules()
        .put(Schedule.cron("cron", "0 * * * *", ZoneOffset.UTC, "job").withInput(7));
    workflows.schedules().put(Schedule.every("span", Duration.ofHours(1), "job"));
    host.pass(Duration.ofHours(2).plusMinutes(1));
    Instant yesterday = begin.minus(Duration.ofDays(1));
    for (int again = 0; again < 2; again++) {
      assertThat(workflows.schedules().backfill("cron", yesterday, begin)).isEqualTo(24);
      assertThat(workflows.schedules().backfill("span", yesterday, begin)).isEqualTo(24);
      host.pass(Duration.ofSeconds(1));
      assertThat(all(workflows, "cron")).isEqualTo(26);
      assertThat(all(workflows, "span")).isEqualTo(26);
    }
    assertThat(workflows.find("cron/2026-02-28T10:00:00Z").orElseThrow().output(Integer.class))
        .contains(7);
    assertThatThrownBy(
            () ->
                workflows.schedules().backfill("cron", begin.minus(Duration.ofDays(10_000)), begin))
        .hasMessageContaining("choose a shorter span");
    assertThatThrownBy(() -> workflows.schedules().backfill("none", yesterday, begin))
        .hasMessageContaining("NOT_FOUND");
  }

  @Test
  void wrongSchedulesAreRefused() {
    Workflows workflows = started();
    assertThatThrownBy(
            () -> workflows.schedules().put(Schedule.every("s", Duration.ofDays(1), "nothing")))
        .hasMessageContaining("registered are [job]");
    assertThatThrownBy(
            () -> workflows.schedules().put(Schedule.cron("s", "no", ZoneOffset.UTC, "job")))
        .hasMessageContaining("5 or 6");
  }
}
