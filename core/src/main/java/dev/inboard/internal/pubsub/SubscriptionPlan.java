package dev.inboard.internal.pubsub;

import dev.inboard.internal.resources.Origin;
import dev.inboard.pubsub.EventHandler;
import dev.inboard.pubsub.TopicSubscription;
import dev.inboard.spi.expressions.ExpressionEngine.Condition;
import dev.inboard.spi.pubsub.SubscriptionSpec;
import dev.inboard.spi.pubsub.SubscriptionSpec.Order;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A subscription whose every part is checked and ready to start.
 *
 * @param pubsubName the component
 * @param rules the compiled routes, in their order
 */
public record SubscriptionPlan(
    String pubsubName, TopicSubscription subscription, List<Rule> rules, Origin origin) {
  /**
   * A compiled route.
   *
   * @param condition null: always holds
   */
  record Rule(@Nullable Condition condition, EventHandler<?> handler) {}

  /** Says whether any of its handlers takes batches. */
  boolean isBulk() {
    return Stream.concat(
            rules.stream().map(Rule::handler), Stream.ofNullable(subscription.fallback()))
        .anyMatch(EventHandler.Bulk.class::isInstance);
  }

  /** Returns how many handlers may run at one time. */
  int concurrency() {
    if (subscription.concurrency() > 0) {
      return subscription.concurrency();
    }
    return isBulk() ? 1 : TopicSubscription.DEFAULT_CONCURRENCY;
  }

  /** Returns what is asked of the driver. */
  SubscriptionSpec specFor(String brokerTopic) {
    int maxInFlight =
        isBulk() ? Math.multiplyExact(concurrency(), subscription.maxMessages()) : concurrency();
    return new SubscriptionSpec(
        brokerTopic,
        maxInFlight,
        isBulk() ? Order.BY_ARRIVAL : Order.BY_KEY,
        subscription.metadata());
  }

  /**
   * Finds the handler of an event.
   *
   * @param variables for the conditions; asked for at most once
   * @return null when the subscription does not ask for the event
   * @throws IllegalArgumentException when a condition cannot be evaluated
   */
  @Nullable EventHandler<?> handlerFor(java.util.function.Supplier<Map<String, Object>> variables) {
    if (rules.isEmpty()) {
      return subscription.fallback();
    }
    Map<String, Object> event = variables.get();
    for (Rule rule : rules) {
      if (rule.condition() == null || rule.condition().test(event)) {
        return rule.handler();
      }
    }
    return subscription.fallback();
  }
}
