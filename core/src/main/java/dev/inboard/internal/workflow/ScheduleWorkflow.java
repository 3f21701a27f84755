package dev.inboard.internal.workflow;

import dev.inboard.workflow.Schedule;
import dev.inboard.workflow.Schedule.Misfire;
import dev.inboard.workflow.Task;
import dev.inboard.workflow.Workflow;
import dev.inboard.workflow.WorkflowContext;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A schedule, as a durable workflow: sleeps until the next time, starts an instance, and goes on.
 *
 * <p>Its input is bytes of its own making, so that it does not depend on the application's codec.
 */
final class ScheduleWorkflow implements Workflow<byte[], @Nullable Void> {
  static final String NAME = "inboard.schedule";
  static final String TRIGGER = "trigger";
  private static final int ROUNDS = 100;
  private static final Duration IN_TIME = Duration.ofSeconds(10);

  @Override
  @SuppressWarnings("NullAway") // a null result is allowed by the type argument
  public @Nullable Void run(WorkflowContext context, byte[] input) {
    State state = State.read(input);
    Task<byte[]> trigger = context.event(TRIGGER, byte[].class);
    for (int round = 0; round < ROUNDS; round++) {
      Task<?> timer = context.timerAt(state.next());
      Task<?> first = Task.any(timer, trigger).await();
      if (first == trigger) {
        trigger.await();
        trigger = context.event(TRIGGER, byte[].class);
        start(context, state, context.now());
      }
      if (timer.isDone()) {
        state = fire(context, state);
      }
    }
    throw context.continueAsNew(state.toBytes());
  }

  private static State fire(WorkflowContext context, State state) {
    List<Instant> due = new ArrayList<>();
    Instant next = state.next();
    while (!next.isAfter(context.now())) {
      due.add(next);
      if (state.misfire() != Misfire.FIRE_ALL && due.size() > 1) {
        due.remove(0);
      }
      next = state.after(next);
    }
    for (Instant time : due) {
      boolean missed = time.plus(IN_TIME).isBefore(context.now());
      if (!missed || state.misfire() != Misfire.SKIP) {
        start(context, state, time);
      }
    }
    return state.withNext(next);
  }

  private static void start(WorkflowContext context, State state, Instant time) {
    context.startDetached(state.workflow(), state.name() + "/" + time, state.input());
  }

  /** What a schedule knows. */
  record State(
      String name,
      String workflow,
      byte @Nullable [] input,
      String cron,
      long everyMillis,
      ZoneId zone,
      Misfire misfire,
      Instant next) {

    static State of(Schedule schedule, byte @Nullable [] input, Instant now) {
      Duration every = schedule.every();
      State state =
          new State(
              schedule.name(),
              schedule.workflow(),
              input,
              schedule.cron() == null ? "" : schedule.cron(),
              every == null ? 0 : every.toMillis(),
              schedule.zone(),
              schedule.misfire(),
              now);
      return state.withNext(state.after(now));
    }

    Instant after(Instant time) {
      return cron.isEmpty() ? time.plusMillis(everyMillis) : Cron.parse(cron).next(time, zone);
    }

    State withNext(Instant time) {
      return new State(name, workflow, input, cron, everyMillis, zone, misfire, time);
    }

    byte[] toBytes() {
      ByteWriter out = new ByteWriter();
      out.text(name);
      out.text(workflow);
      out.bytes(input);
      out.text(cron);
      out.number(everyMillis);
      out.text(zone.getId());
      out.text(misfire.name());
      out.number(next.toEpochMilli());
      return out.toBytes();
    }

    static State read(byte[] bytes) {
      ByteReader in = new ByteReader(bytes);
      return new State(
          in.text(),
          in.text(),
          in.bytes(),
          in.text(),
          in.number(),
          ZoneId.of(in.text()),
          Misfire.valueOf(in.text()),
          Instant.ofEpochMilli(in.number()));
    }
  }
}
