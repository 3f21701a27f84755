package dev.inboard.internal.workflow;

import dev.inboard.internal.workflow.HistoryEvent.ActivityScheduled;
import dev.inboard.internal.workflow.HistoryEvent.Finished;
import dev.inboard.internal.workflow.HistoryEvent.StepCompleted;
import dev.inboard.internal.workflow.HistoryEvent.StepFailed;
import dev.inboard.internal.workflow.HistoryEvent.TaskCompleted;
import dev.inboard.internal.workflow.HistoryEvent.TaskFailed;
import dev.inboard.internal.workflow.HistoryEvent.TimerFired;
import dev.inboard.spi.workflow.Creation;
import dev.inboard.spi.workflow.InstanceDefinition;
import dev.inboard.spi.workflow.InstanceRecord;
import dev.inboard.spi.workflow.Turn;
import java.util.HashSet;
import java.util.Set;

/** Watches what is really written, and knows what must never be. */
final class Ledger {
  private final Simulation simulation;
  private final Set<String> scheduled = new HashSet<>();
  private final Set<String> answered = new HashSet<>();
  private final Set<String> finished = new HashSet<>();

  Ledger(Simulation simulation) {
    this.simulation = simulation;
  }

  void written(InstanceDefinition instance, Turn turn) {
    String run = instance.executionId() + "/" + turn.progress().generation() + "/";
    if (finished.contains(instance.executionId())) {
      broken("a turn was written to '" + instance.id() + "' after its end");
    }
    for (HistoryEvent event : EventCodec.decode(turn.history())) {
      if (event instanceof ActivityScheduled) {
        scheduled.add(run + event.task());
      } else if (isAnswer(event) && !answered.add(run + event.task())) {
        broken("step " + event.task() + " of '" + instance.id() + "' was recorded twice");
      } else if (event instanceof Finished) {
        finished.add(instance.executionId());
      }
    }
  }

  /** Somebody is told that what he wanted to create is stored. */
  void acknowledged(Creation creation, InstanceRecord stored) {
    Turn first = creation.first();
    if (first != null && stored.progress().turn() < first.progress().turn()) {
      broken(
          "turn %d of '%s' was acknowledged, but turn %d is stored"
              .formatted(first.progress().turn(), stored.id(), stored.progress().turn()));
    }
  }

  private static boolean isAnswer(HistoryEvent event) {
    return event instanceof TaskCompleted
        || event instanceof TimerFired
        || event instanceof StepCompleted
        || event instanceof StepFailed
        || (event instanceof TaskFailed failed && failed.retryAt() < 0);
  }

  /** An activity begins: what asked for it must be stored. */
  void began(String idempotencyKey) {
    if (!scheduled.contains(idempotencyKey)) {
      broken("an activity was run whose request is not stored: " + idempotencyKey);
    }
  }

  private void broken(String what) {
    simulation.fail(new AssertionError(what));
  }
}
