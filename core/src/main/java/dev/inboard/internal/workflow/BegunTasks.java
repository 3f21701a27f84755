package dev.inboard.internal.workflow;

import dev.inboard.internal.workflow.HistoryEvent.ChildRetried;
import dev.inboard.internal.workflow.HistoryEvent.TimerFired;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Sets the tasks going that a committed turn began: activities, timers, pauses before a retry. */
final class BegunTasks {
  private final Engine engine;
  private final Instance instance;
  private final InstanceState state;

  BegunTasks(Engine engine, Instance instance, InstanceState state) {
    this.engine = engine;
    this.instance = instance;
    this.state = state;
  }

  /** Sets alarms, and returns what is to be done at once, when the instance is idle. */
  List<Runnable> take() {
    Execution current = state.current();
    List<PendingTask<?>> begun = current.draft().takeBegun();
    state.alarms.sweep(number -> current.tasks().get(number) != null);
    long beginsAt = current.beginsAt();
    if (beginsAt != Long.MAX_VALUE) {
      state.alarms.at(beginsAt, 0, () -> instance.pump(beginsAt));
    }
    List<Runnable> work = new ArrayList<>(begun.size());
    for (PendingTask<?> task : begun) {
      Runnable now = current.tasks().isOpen(task) ? begin(current, task) : null;
      if (now != null) {
        work.add(now);
      }
    }
    return work;
  }

  private @Nullable Runnable begin(Execution current, PendingTask<?> task) {
    if (task instanceof ActivityTask<?> activity) {
      return activity(current, activity);
    } else if (task instanceof TimerTask timer) {
      return remind(current, timer.fireAt, new TimerFired(timer.number));
    } else if (task instanceof ChildTask<?> child && child.retryAt() >= 0) {
      return remind(current, child.retryAt(), new ChildRetried(child.number, child.attempt() + 1));
    }
    return null;
  }

  private @Nullable Runnable activity(Execution current, ActivityTask<?> activity) {
    if (activity.isQueued()) { // whoever listens runs it
      return activity.deadline() == Long.MAX_VALUE
          ? null
          : remind(current, activity.deadline(), activity.timedOut());
    }
    ActivityCall call = ActivityCall.of(state.definition, current.generation(), activity);
    if (activity.notBefore() > engine.host().now()) {
      state.alarms.at(activity.notBefore(), activity.number, () -> engine.activities().run(call));
      return null;
    }
    boolean lends = current.waitsOnlyFor(activity) && !engine.activities().isSlow(activity.name);
    return lends ? () -> lend(current, call) : () -> engine.activities().run(call);
  }

  private @Nullable Runnable remind(Execution current, long time, HistoryEvent.Input event) {
    Envelope envelope =
        new Envelope(current.definition().executionId(), current.generation(), "", event);
    Runnable offer = () -> instance.offer(Incoming.local(envelope));
    if (time <= engine.host().now()) {
      return offer; // not later: what is due keeps the instance in memory
    }
    state.alarms.at(time, event.task(), offer);
    return null;
  }

  /** Has the parked strand run the activity that its code waits for. */
  private void lend(Execution lender, ActivityCall call) {
    Runnable work = engine.activities().take(call);
    if (work != null) {
      state.seat.lend(lender, work, engine.host().activities());
    }
  }
}
