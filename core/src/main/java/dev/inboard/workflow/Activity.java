package dev.inboard.workflow;

import org.jspecify.annotations.Nullable;

/**
 * One step of work that a workflow asks for: a call, a query, a computation. Anything is allowed
 * here.
 *
 * <p>It runs at least once: when the process dies before its result is stored, it runs again.
 * {@link ActivityContext#idempotencyKey} is the same every time, so that the other side can tell.
 * One object serves many calls at a time.
 *
 * @param <I> its input
 * @param <O> its result; may be null
 */
@FunctionalInterface
public interface Activity<I extends @Nullable Object, O extends @Nullable Object> {
  /**
   * Does the work.
   *
   * @throws Exception whatever makes this attempt fail
   */
  O run(ActivityContext context, I input) throws Exception;
}
