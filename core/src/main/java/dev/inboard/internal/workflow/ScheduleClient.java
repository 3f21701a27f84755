package dev.inboard.internal.workflow;

import dev.inboard.common.ErrorCode;
import dev.inboard.common.InboardException;
import dev.inboard.workflow.ConflictPolicy;
import dev.inboard.workflow.Schedule;
import dev.inboard.workflow.Schedules;
import dev.inboard.workflow.StartOptions;
import dev.inboard.workflow.WorkflowFilter;
import dev.inboard.workflow.WorkflowPage;
import dev.inboard.workflow.WorkflowSnapshot;
import dev.inboard.workflow.WorkflowStatus;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** Schedules, by the instances that keep them. */
final class ScheduleClient implements Schedules {
  private static final int PAGE = 200;

  private final Client client;
  private final Engine engine;

  ScheduleClient(Client client, Engine engine) {
    this.client = client;
    this.engine = engine;
  }

  private static String id(String name) {
    return ScheduleWorkflow.NAME + "/" + name;
  }

  @Override
  public void put(Schedule schedule) {
    String operation = "store schedule '" + schedule.name() + "'";
    if (engine.rules().registry().latest(schedule.workflow()) == null) {
      throw new InboardException(
          ErrorCode.NOT_FOUND,
          engine.label(),
          operation,
          "no workflow '"
              + schedule.workflow()
              + "' is registered; registered are "
              + engine.rules().registry().workflowNames());
    }
    byte[] input =
        engine
            .rules()
            .payloads()
            .encode(schedule.input(), "input of schedule '" + schedule.name() + "'");
    Instant now = Instant.ofEpochMilli(engine.host().now());
    byte[] state;
    try {
      state = ScheduleWorkflow.State.of(schedule, input, now).toBytes();
    } catch (IllegalArgumentException e) {
      throw new InboardException(
          ErrorCode.INVALID_ARGUMENT, engine.label(), operation, String.valueOf(e.getMessage()), e);
    }
    client.start(
        ScheduleWorkflow.NAME,
        state,
        StartOptions.id(id(schedule.name())).withConflict(ConflictPolicy.TERMINATE_EXISTING));
  }

  @Override
  public List<String> names() {
    WorkflowFilter filter =
        WorkflowFilter.ALL
            .withName(ScheduleWorkflow.NAME)
            .withStatus(
                WorkflowStatus.PENDING,
                WorkflowStatus.RUNNING,
                WorkflowStatus.SUSPENDED,
                WorkflowStatus.STALLED);
    List<String> names = new ArrayList<>();
    String token = null;
    do {
      WorkflowPage page = client.list(filter, token, PAGE);
      for (WorkflowSnapshot schedule : page.instances()) {
        names.add(schedule.id().substring(id("").length()));
      }
      token = page.next();
    } while (token != null);
    names.sort(null);
    return names;
  }

  @Override
  public void pause(String name) {
    client.suspend(id(name));
  }

  @Override
  public void resume(String name) {
    client.resume(id(name));
  }

  @Override
  public void trigger(String name) {
    client.raise(id(name), ScheduleWorkflow.TRIGGER, null);
  }

  @Override
  public void remove(String name) {
    client.terminate(id(name), "the schedule was removed");
  }
}
