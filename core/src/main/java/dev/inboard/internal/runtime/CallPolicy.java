package dev.inboard.internal.runtime;

import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What stands around the calls to one component: retry, circuit breaker, timeout. */
public interface CallPolicy {
  /**
   * Carries a call out.
   *
   * @param attempt starts one attempt; may be called several times, never two at once
   * @return completes with the outcome that counts
   */
  <R extends @Nullable Object> CompletionStage<R> call(Supplier<CompletionStage<R>> attempt);
}
