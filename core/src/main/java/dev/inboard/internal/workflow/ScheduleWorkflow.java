package dev.inboard.internal.workflow;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.inboard.workflow.CallOptions;
import dev.inboard.workflow.Schedule;
import dev.inboard.workflow.Schedule.Misfire;
import dev.inboard.workflow.Schedule.Overlap;
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

  /**
   * An activity: answers with something when the instance of an id is there and has not finished,
   * else with no bytes. Like the schedule itself, it leaves the application's codec alone.
   */
  static final String IS_UNFINISHED = "inboard.schedule.isUnfinished";

  /** An activity: the same, and terminates the instance. */
  static final String TERMINATE = "inboard.schedule.terminate";

  private static final CallOptions STUBBORN = CallOptions.retry(Integer.MAX_VALUE);
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
        state = start(context, state, context.now());
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
        state = start(context, state, time);
      }
    }
    return state.withNext(next);
  }

  private static State start(WorkflowContext context, State state, Instant time) {
    if (state.overlap() != Overlap.ALLOW && !state.last().isEmpty()) {
      String call = state.overlap() == Overlap.SKIP ? IS_UNFINISHED : TERMINATE;
      byte[] last = state.last().getBytes(UTF_8);
      byte[] unfinished = context.call(call, last, byte[].class, STUBBORN).await();
      if (unfinished.length > 0 && state.overlap() == Overlap.SKIP) {
        context.logger().info("{} is not served: {} has not finished", time, state.last());
        return state;
      }
    }
    String id = id(state.name(), time);
    context.startDetached(state.workflow(), id, state.input());
    return state.withLast(id);
  }

  /** Returns the id of the instance that serves a time. */
  static String id(String schedule, Instant time) {
    return schedule + "/" + time;
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
      Instant next,
      Overlap overlap,
      String last) {

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
              now,
              schedule.overlap(),
              "");
      return state.withNext(state.after(now));
    }

    Instant after(Instant time) {
      return cron.isEmpty() ? time.plusMillis(everyMillis) : Cron.parse(cron).next(time, zone);
    }

    /**
     * Returns the times from one, inclusive, to another, exclusive; a span is counted from the next
     * time back.
     *
     * @param most stops after one more than this
     */
    List<Instant> between(Instant from, Instant to, int most) {
      List<Instant> times = new ArrayList<>();
      Instant time = cron.isEmpty() ? gridBefore(from) : from.minusMillis(1);
      for (time = after(time); time.isBefore(to) && times.size() <= most; time = after(time)) {
        times.add(time);
      }
      return times;
    }

    /** Returns the last time of a fixed span before another time. */
    private Instant gridBefore(Instant time) {
      long steps = Math.floorDiv(time.toEpochMilli() - next.toEpochMilli() - 1, everyMillis);
      return Instant.ofEpochMilli(next.toEpochMilli() + steps * everyMillis);
    }

    State withNext(Instant time) {
      return new State(
          name, workflow, input, cron, everyMillis, zone, misfire, time, overlap, last);
    }

    State withLast(String id) {
      return new State(name, workflow, input, cron, everyMillis, zone, misfire, next, overlap, id);
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
      out.text(overlap.name());
      out.text(last);
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
          Instant.ofEpochMilli(in.number()),
          in.hasMore() ? Overlap.valueOf(in.text()) : Overlap.ALLOW,
          in.hasMore() ? in.text() : "");
    }
  }
}
