package dev.inboard.workflow;

import org.jspecify.annotations.Nullable;

/**
 * A workflow: code that runs to its end however often its process dies.
 *
 * <p>The code runs on a thread of its own, blocks wherever it likes in {@link Task#await}, and must
 * be deterministic: no clocks, random numbers, threads, I/O or changing static fields of its own.
 * What cannot be deterministic belongs into activities or {@link WorkflowContext#step steps}. When
 * changed code no longer matches what an instance has done so far, the instance becomes {@link
 * WorkflowStatus#STALLED} and goes on once the code fits again.
 *
 * @param <I> its input; read with the component's codec
 * @param <O> its result; may be null
 */
@FunctionalInterface
public interface Workflow<I extends @Nullable Object, O extends @Nullable Object> {
  /**
   * Runs one instance.
   *
   * @param context everything the code may use; valid on this thread only
   * @param input null when it was started without one
   * @return the result
   * @throws Exception whatever makes the instance {@link WorkflowStatus#FAILED}
   */
  O run(WorkflowContext context, I input) throws Exception;
}
