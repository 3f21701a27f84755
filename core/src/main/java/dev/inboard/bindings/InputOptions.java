package dev.inboard.bindings;

import dev.inboard.pubsub.TopicSubscription;
import dev.inboard.resiliency.RetryPolicy;
import java.util.Objects;

/**
 * How the events of an input binding are handed over. Immutable; each method returns a changed
 * copy.
 *
 * @param concurrency the most events under way at one time, at least 1; 1 keeps their order as far
 *     as the binding has one
 * @param retry when an event that could not be handled is tried again, before it goes back to the
 *     binding
 */
public record InputOptions(int concurrency, RetryPolicy retry) {
  /** 16 events at a time; five retries within eight seconds. The same as for topics. */
  public static final InputOptions DEFAULT =
      new InputOptions(TopicSubscription.DEFAULT_CONCURRENCY, TopicSubscription.DEFAULT_RETRY);

  /** Checks the values. */
  public InputOptions {
    Objects.requireNonNull(retry, "retry");
    if (concurrency < 1) {
      throw new IllegalArgumentException(
          "concurrency is " + concurrency + ", but must be at least 1");
    }
  }

  /** The same with another limit on the events under way at one time. */
  public InputOptions withConcurrency(int concurrency) {
    return new InputOptions(concurrency, retry);
  }

  /** The same with another retry policy. */
  public InputOptions withRetry(RetryPolicy retry) {
    return new InputOptions(concurrency, retry);
  }
}
