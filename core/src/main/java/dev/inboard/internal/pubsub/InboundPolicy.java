package dev.inboard.internal.pubsub;

import dev.inboard.pubsub.TopicSubscription;
import dev.inboard.resiliency.RetryPolicy;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What stands around the handlers of a subscription. The one place where it is decided who has the
 * say: the subscription itself, else our default.
 *
 * @param timeout after which a handler is interrupted; null: never
 */
record InboundPolicy(RetryPolicy retry, @Nullable Duration timeout) {
  static InboundPolicy of(TopicSubscription subscription) {
    RetryPolicy retry = subscription.retry();
    return new InboundPolicy(
        retry != null ? retry : TopicSubscription.DEFAULT_RETRY, subscription.timeout());
  }
}
