package dev.inboard.internal.runtime;

import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What stands around the calls to one component: retry, circuit breaker, timeout. */
public interface CallPolicy {
  /**
   * Carries a call out.
   *
   * @param isRead whether the call changes nothing, so that two attempts may be under way at once
   * @param attempt starts one attempt; may be called several times, and never two at once unless it
   *     is a read
   * @return completes with the outcome that counts; {@link Abandonable} while more attempts may
   *     follow
   */
  <R extends @Nullable Object> CompletionStage<R> call(
      boolean isRead, Supplier<CompletionStage<R>> attempt);

  /** A call for which nobody may be waiting any more. */
  interface Abandonable {
    /** Makes no further attempt. */
    void abandon();
  }
}
