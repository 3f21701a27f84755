package dev.inboard.workflow;

/**
 * Decides, besides the policy, whether a failed attempt is followed by another. Asked once per
 * failure.
 */
@FunctionalInterface
public interface RetryHandler {
  /**
   * Decides. Must not use the workflow's context.
   *
   * @param attempt the attempt that failed, counted from 1
   */
  boolean shouldRetry(Failure failure, int attempt);
}
