package dev.inboard.workflow;

import org.jspecify.annotations.Nullable;

/**
 * How a child workflow is started.
 *
 * @param id its id; null: derived from the parent's. An id that an unfinished instance has makes
 *     the child's task fail
 * @param retry when a failed child is started again; later attempts get {@code ~2}, {@code ~3}, …
 *     appended to the id
 */
public record ChildOptions(@Nullable String id, RetryPolicy retry) {
  /** Derived id, one attempt. */
  public static final ChildOptions DEFAULT = new ChildOptions(null, RetryPolicy.NONE);

  /** A child with this id. */
  public static ChildOptions id(String id) {
    return new ChildOptions(id, RetryPolicy.NONE);
  }

  /** The same with a retry policy. */
  public ChildOptions withRetry(RetryPolicy retry) {
    return new ChildOptions(id, retry);
  }
}
