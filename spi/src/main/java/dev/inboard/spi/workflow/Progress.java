package dev.inboard.spi.workflow;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * How far an instance has come.
 *
 * @param status where it stands
 * @param generation 1 at first; each continuation as new adds one and begins an empty history
 * @param turn how many turns have been written since it was created; 0 for a new one
 * @param customStatus what the workflow itself says about its state, or null
 * @param waitingFor what it waits for, for people; empty when it does not
 * @param output the result of a finished instance, or null
 * @param failure why it failed or stalled, as the engine encodes it, or null
 * @param startedAt when its first turn ran, or null
 * @param updatedAt when the last turn ran
 * @param finishedAt when it finished, or null
 * @param events how many events the current generation's history holds
 * @param historyBytes how large that history is
 */
public record Progress(
    InstanceStatus status,
    int generation,
    long turn,
    byte @Nullable [] customStatus,
    String waitingFor,
    byte @Nullable [] output,
    byte @Nullable [] failure,
    @Nullable Instant startedAt,
    Instant updatedAt,
    @Nullable Instant finishedAt,
    int events,
    long historyBytes) {

  /** The progress of an instance that was just created. */
  public static Progress created(Instant at) {
    return new Progress(InstanceStatus.PENDING, 1, 0, null, "", null, null, null, at, null, 0, 0);
  }
}
