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
  private static final int MOST_WAITING = 1_000;
  private static final Duration IN_TIME = Duration.ofSeconds(10);
  private static final Duration SHORTEST_WAIT = Duration.ofSeconds(1);
  private static final Duration LONGEST_WAIT = Duration.ofMinutes(1);

  @Override
  @SuppressWarnings("NullAway") // a null result is allowed by the type argument
  public @Nullable Void run(WorkflowContext context, byte[] input) {
    State state = State.read(input);
    Task<byte[]> trigger = context.event(TRIGGER, byte[].class);
    for (int round = 0; round < ROUNDS; round++) {
      Task<?> timer = context.timerAt(wakeAt(state, context.now()));
      Task<?> first = Task.any(timer, trigger).await();
      state = serveWaiting(context, state);
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

  /** Returns when there is something to do: the next time, or a look whether the last one ended. */
  private static Instant wakeAt(State state, Instant now) {
    if (state.waiting().isEmpty()) {
      return state.next();
    }
    Duration wait = Duration.between(state.waiting().get(0), now).dividedBy(10);
    wait = wait.compareTo(SHORTEST_WAIT) < 0 ? SHORTEST_WAIT : wait;
    Instant look = now.plus(wait.compareTo(LONGEST_WAIT) > 0 ? LONGEST_WAIT : wait);
    return look.isBefore(state.next()) ? look : state.next();
  }

  private static State serveWaiting(WorkflowContext context, State state) {
    if (state.waiting().isEmpty() || lastRuns(context, state, IS_UNFINISHED)) {
      return state;
    }
    List<Instant> waiting = state.waiting();
    State rest = state.withWaiting(waiting.subList(1, waiting.size()));
    return begin(context, rest, waiting.get(0));
  }

  private static State start(WorkflowContext context, State state, Instant time) {
    return switch (state.overlap()) {
      case ALLOW -> begin(context, state, time);
      case REPLACE -> {
        lastRuns(context, state, TERMINATE);
        yield begin(context, state, time);
      }
      case SKIP -> beginOrWait(context, state, time, 0);
      case BUFFER_ONE -> beginOrWait(context, state, time, 1);
      case BUFFER_ALL -> beginOrWait(context, state, time, MOST_WAITING);
    };
  }

  private static State beginOrWait(
      WorkflowContext context, State state, Instant time, int mayWait) {
    List<Instant> waiting = new ArrayList<>(state.waiting());
    if (waiting.isEmpty() && !lastRuns(context, state, IS_UNFINISHED)) {
      return begin(context, state, time);
    }
    if (waiting.size() < mayWait) {
      waiting.add(time);
      return state.withWaiting(waiting);
    }
    context.logger().info("{} is not served: {} has not finished", time, state.last());
    return state;
  }

  private static boolean lastRuns(WorkflowContext context, State state, String call) {
    return !state.last().isEmpty()
        && context.call(call, state.last().getBytes(UTF_8), byte[].class, STUBBORN).await().length
            > 0;
  }

  private static State begin(WorkflowContext context, State state, Instant time) {
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
      String last,
      List<Instant> waiting) {

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
              "",
              List.of());
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
      return with(time, last, waiting);
    }

    State withLast(String id) {
      return with(next, id, waiting);
    }

    State withWaiting(List<Instant> times) {
      return with(next, last, List.copyOf(times));
    }

    private State with(Instant time, String id, List<Instant> times) {
      return new State(
          name, workflow, input, cron, everyMillis, zone, misfire, time, overlap, id, times);
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
      waiting.forEach(time -> out.number(time.toEpochMilli()));
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
          in.hasMore() ? in.text() : "",
          times(in));
    }

    private static List<Instant> times(ByteReader in) {
      List<Instant> times = new ArrayList<>();
      while (in.hasMore()) {
        times.add(Instant.ofEpochMilli(in.number()));
      }
      return List.copyOf(times);
    }
  }
}
