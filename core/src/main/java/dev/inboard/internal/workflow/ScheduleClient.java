package dev.inboard.internal.workflow;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.inboard.common.ErrorCode;
import dev.inboard.common.InboardException;
import dev.inboard.spi.workflow.InstanceRecord;
import dev.inboard.workflow.ConflictPolicy;
import dev.inboard.workflow.Schedule;
import dev.inboard.workflow.Schedules;
import dev.inboard.workflow.StartOptions;
import dev.inboard.workflow.WorkflowFilter;
import dev.inboard.workflow.WorkflowPage;
import dev.inboard.workflow.WorkflowSnapshot;
import dev.inboard.workflow.WorkflowStatus;
import dev.inboard.workflow.Workflows;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/** Schedules, by the instances that keep them. */
final class ScheduleClient implements Schedules {
  private static final int PAGE = 200;
  private static final int MOST_BACKFILLED = 10_000;

  private final Client client;
  private final Engine engine;

  ScheduleClient(Client client, Engine engine) {
    this.client = client;
    this.engine = engine;
  }

  /** Adds what schedules are made of. */
  static void register(Registry registry, Supplier<Workflows> client) {
    if (registry.latest(ScheduleWorkflow.NAME) != null) {
      return;
    }
    registry
        .workflow(ScheduleWorkflow.NAME, "", new ScheduleWorkflow())
        .activity(
            ScheduleWorkflow.IS_UNFINISHED,
            byte[].class,
            (context, id) -> answer(isUnfinished(client.get(), new String(id, UTF_8))))
        .activity(
            ScheduleWorkflow.TERMINATE,
            byte[].class,
            (context, id) -> answer(end(client.get(), new String(id, UTF_8))));
  }

  private static byte[] answer(boolean yes) {
    return new byte[yes ? 1 : 0];
  }

  private static boolean isUnfinished(Workflows client, String id) {
    return client.find(id).filter(found -> !found.status().isFinished()).isPresent();
  }

  private static boolean end(Workflows client, String id) {
    boolean unfinished = isUnfinished(client, id);
    if (unfinished) {
      try {
        client.terminate(id, "its schedule began the next one");
      } catch (InboardException e) {
        if (e.code() != ErrorCode.CONFLICT && e.code() != ErrorCode.NOT_FOUND) {
          throw e;
        } // else it has finished meanwhile
      }
    }
    return unfinished;
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
  public int backfill(String name, Instant from, Instant to) {
    String operation = "backfill schedule '" + name + "'";
    InstanceRecord schedule =
        Client.join(engine.call(engine.driver().get(id(name))))
            .orElseThrow(() -> engine.notFound(operation));
    byte[] bytes = schedule.definition().input();
    ScheduleWorkflow.State state = ScheduleWorkflow.State.read(bytes == null ? new byte[0] : bytes);
    List<Instant> times = state.between(from, to, MOST_BACKFILLED);
    if (times.size() > MOST_BACKFILLED) {
      throw new InboardException(
          ErrorCode.INVALID_ARGUMENT,
          engine.label(),
          operation,
          "there are over %,d times between %s and %s; choose a shorter span"
              .formatted(MOST_BACKFILLED, from, to));
    }
    List<CompletableFuture<?>> starts = new ArrayList<>();
    for (Instant time : times) {
      StartOptions once = StartOptions.once(ScheduleWorkflow.id(name, time));
      starts.add(client.startAsync(state.workflow(), state.input(), once));
    }
    starts.forEach(Client::join);
    return times.size();
  }

  @Override
  public void remove(String name) {
    client.terminate(id(name), "the schedule was removed");
  }
}
