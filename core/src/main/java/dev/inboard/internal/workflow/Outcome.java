package dev.inboard.internal.workflow;

import dev.inboard.spi.workflow.InstanceStatus;
import dev.inboard.workflow.Failure;
import org.jspecify.annotations.Nullable;

/** How a generation ended. */
sealed interface Outcome {
  /** The instance is finished. */
  record Ended(InstanceStatus status, byte @Nullable [] output, @Nullable Failure failure)
      implements Outcome {}

  /** The instance goes on with another input. */
  record Continued(byte @Nullable [] input) implements Outcome {}

  /** A result. */
  static Outcome completed(byte @Nullable [] output) {
    return new Ended(InstanceStatus.COMPLETED, output, null);
  }

  /** An exception, or an end from outside. */
  static Outcome failed(InstanceStatus status, Failure failure) {
    return new Ended(status, null, failure);
  }
}
