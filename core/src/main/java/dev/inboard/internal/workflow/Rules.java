package dev.inboard.internal.workflow;

import dev.inboard.common.InboardException;
import dev.inboard.spi.workflow.InstanceStatus;
import org.jspecify.annotations.Nullable;

/**
 * What is the same for all executions of an engine.
 *
 * @param maxHistory how many events a history may have
 */
record Rules(Registry registry, Payloads payloads, int maxHistory) {

  /** Says whether a history of so many events should better be ended by continueAsNew. */
  boolean isLong(int events) {
    return events >= maxHistory / 4;
  }

  /** Returns how an instance ends whose history is too long to go on; null when it is not. */
  @Nullable Outcome tooLong(int events) {
    if (events <= maxHistory) {
      return null;
    }
    String message =
        "its history has %d events, but the limit is %d; use continueAsNew before that"
            .formatted(events, maxHistory);
    return Outcome.failed(
        InstanceStatus.FAILED, Failures.of(InboardException.class.getName(), message, false));
  }
}
