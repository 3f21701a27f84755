package dev.inboard.internal.resiliency;

import dev.inboard.common.ErrorCode;
import dev.inboard.internal.resources.ResiliencyResource.CodeRange;
import dev.inboard.internal.resources.ResiliencyResource.Growth;
import dev.inboard.internal.resources.ResiliencyResource.Retry;
import dev.inboard.resiliency.RetryPolicy;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * When something is tried again: how often and after which pauses, for how long, and after which
 * failures.
 *
 * @param most the longest time from the first attempt to the last pause; null: no limit
 * @param http which failures, as HTTP statuses
 * @param grpc which failures, as gRPC statuses
 */
public record RetryRule(
    RetryPolicy pauses, @Nullable Duration most, List<CodeRange> http, List<CodeRange> grpc) {
  /** When a sidecar gives up, whatever the number of retries. */
  private static final Duration LONGEST_GROWTH = Duration.ofMinutes(15);

  /** Tries everything again that may succeed later. */
  public static RetryRule of(RetryPolicy pauses) {
    return new RetryRule(pauses, null, List.of(), List.of());
  }

  /** Reads a policy of a resource file. */
  static RetryRule of(Retry policy) {
    boolean grows = policy.growth() == Growth.EXPONENTIAL;
    RetryPolicy pauses =
        grows
            ? new RetryPolicy(
                policy.maxRetries(),
                policy.initialInterval(),
                policy.multiplier(),
                policy.maxInterval(),
                policy.randomizationFactor())
            : RetryPolicy.constant(policy.maxRetries(), policy.duration());
    Duration most = policy.maxElapsedTime();
    if (most == null && grows) {
      most = LONGEST_GROWTH;
    }
    return new RetryRule(
        pauses,
        most == null || most.isZero() ? null : most,
        policy.httpStatusCodes(),
        policy.grpcStatusCodes());
  }

  /** Says whether a policy names the failures itself. */
  private boolean isSelective() {
    return !http.isEmpty() || !grpc.isEmpty();
  }

  /** Says whether a call that failed may be made again. */
  boolean repeats(ErrorCode code) {
    return isSelective() ? Codes.match(code, http, grpc) : code.isTransient();
  }

  /**
   * Says whether a handler that failed is called again.
   *
   * @param code null: it failed in a way of its own
   */
  public boolean repeatsHandling(@Nullable ErrorCode code) {
    return code == null || code == ErrorCode.TIMEOUT || Codes.match(code, http, grpc);
  }

  /**
   * Says whether another attempt follows.
   *
   * @param failed how many have failed
   * @param elapsedNanos since the first one began
   */
  public boolean allows(int failed, long elapsedNanos) {
    return pauses.allowsRetryAfter(failed) && (most == null || elapsedNanos < most.toNanos());
  }
}
