package dev.inboard.opentelemetry;

import io.opentelemetry.sdk.trace.IdGenerator;

/**
 * Makes the span of a workflow's run the parent of everything that is done for it, in whichever
 * process and before whichever restart.
 *
 * <p>To be given to the SDK of every process that works on the workflows: {@code
 * SdkTracerProvider.builder().setIdGenerator(WorkflowSpanIds.or(IdGenerator.random()))}. Without it
 * what is done for a run lies below its start, beside the span of the run. Safe for use by many
 * threads.
 */
public final class WorkflowSpanIds implements IdGenerator {
  private final IdGenerator others;

  private WorkflowSpanIds(IdGenerator others) {
    this.others = others;
  }

  /**
   * Gives the spans of runs their ids.
   *
   * @param others makes all other ids
   */
  public static IdGenerator or(IdGenerator others) {
    return new WorkflowSpanIds(others);
  }

  @Override
  public String generateSpanId() {
    String next = RunSpans.takeNext();
    return next == null ? others.generateSpanId() : next;
  }

  @Override
  public String generateTraceId() {
    return others.generateTraceId();
  }
}
