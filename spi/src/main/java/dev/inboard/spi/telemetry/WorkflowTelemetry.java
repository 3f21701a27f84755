package dev.inboard.spi.telemetry;

import java.time.Duration;
import java.time.Instant;

/**
 * Listens to the workflow engine on one backend.
 *
 * <p>An instance lives longer than any process, so it has no observation: what starts it leaves a
 * {@link TraceContext}, which is kept with it, and whoever works on it tells what happened when
 * that is stored. Called by many threads: nothing here may block or throw.
 */
public interface WorkflowTelemetry {
  /**
   * An instance.
   *
   * @param workflow its workflow's name
   * @param id for traces and the log, never for metrics
   * @param executionId of this run: the same in every process and after every restart, and never
   *     again, also when an instance is started under the same id
   * @param trace what started it; {@link TraceContext#NONE} when nobody listened then
   */
  record Instance(String workflow, String id, String executionId, TraceContext trace) {}

  /**
   * The application starts an instance.
   *
   * @return carries the context that is to be kept with it
   */
  Observation start(String workflow);

  /**
   * A workflow starts another one.
   *
   * @param child whether the starter waits for it; if not, its trace is its own
   * @return what is to be kept with it
   */
  TraceContext start(Instance starter, String workflow, boolean child);

  /** Makes the instance what the current thread works on, until the result is closed on it. */
  Observation.Scope enter(Instance instance);

  /**
   * The first turn is stored.
   *
   * @param waited since it could have begun
   */
  void begun(Instance instance, Duration waited);

  /** A run of an activity begins. */
  Observation attempt(Instance instance, String activity, int attempt);

  /** A timer's time has come, and that is stored. */
  void fired(Instance instance, Instant set, Instant fired);

  /**
   * The end of an instance is stored. Told once, by the process that stored it.
   *
   * @param status one of few, in lower case, such as {@code completed}
   */
  void ended(Instance instance, String status, Instant began, Instant ended);
}
