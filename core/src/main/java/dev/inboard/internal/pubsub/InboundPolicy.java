package dev.inboard.internal.pubsub;

import dev.inboard.internal.resiliency.InboundRules;
import dev.inboard.internal.resiliency.RetryRule;
import dev.inboard.pubsub.TopicSubscription;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What stands around the handlers of a subscription. The one place where it is decided who has the
 * say: the subscription itself, else the resource files, else our default.
 *
 * @param timeout after which a handler is interrupted; null: never
 * @param rules what the resource files say, as it was read here
 */
record InboundPolicy(RetryRule retry, @Nullable Duration timeout, InboundRules rules) {
  private static final RetryRule DEFAULT = RetryRule.of(TopicSubscription.DEFAULT_RETRY);

  static InboundPolicy of(TopicSubscription subscription, InboundRules rules) {
    RetryRule retry = rules.retry() != null ? rules.retry() : DEFAULT;
    if (subscription.retry() != null) {
      retry = RetryRule.of(subscription.retry());
    }
    return new InboundPolicy(
        retry, subscription.timeout() != null ? subscription.timeout() : rules.timeout(), rules);
  }
}
