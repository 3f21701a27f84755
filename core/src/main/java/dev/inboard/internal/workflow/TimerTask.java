package dev.inboard.internal.workflow;

import org.jspecify.annotations.Nullable;

/** A timer that was set. */
final class TimerTask extends PendingTask<@Nullable Void> {
  final long setAt; // milliseconds since 1970
  final long fireAt;

  TimerTask(Execution execution, int number, long fireAt) {
    super(execution, number, "timer", Void.class);
    this.setAt = execution.now();
    this.fireAt = fireAt;
  }
}
