package dev.inboard.internal.pubsub;

import dev.inboard.internal.pubsub.SubscriptionPlan.Rule;
import dev.inboard.internal.resources.Origin;
import dev.inboard.internal.resources.Problem;
import dev.inboard.pubsub.TopicSubscription;
import dev.inboard.spi.expressions.ExpressionEngine;
import dev.inboard.spi.expressions.ExpressionEngine.Condition;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Compiles the conditions of a subscription's routes, and reports those that are wrong. */
final class RouteCompiler {
  private static final Set<String> VARIABLES = Set.of("event");

  private final @Nullable ExpressionEngine engine;
  private final Consumer<Problem> problems;

  RouteCompiler(@Nullable ExpressionEngine engine, Consumer<Problem> problems) {
    this.engine = engine;
    this.problems = problems;
  }

  /** Compiles a subscription. When it has reported a problem, the plan must not be used. */
  SubscriptionPlan compile(String pubsubName, TopicSubscription subscription, Origin origin) {
    if (subscription.routes().isEmpty() && subscription.fallback() == null) {
      report(subscription, origin, "has no handler", "add one");
    }
    List<Rule> rules = new ArrayList<>();
    for (TopicSubscription.Route route : subscription.routes()) {
      rules.add(new Rule(condition(route.condition(), subscription, origin), route.handler()));
    }
    SubscriptionPlan plan =
        new SubscriptionPlan(pubsubName, subscription, List.copyOf(rules), origin);
    if (subscription.inbox() != null && plan.isBulk()) {
      report(
          subscription,
          origin,
          "has an inbox and a handler of batches",
          "leave the inbox out, or handle events one by one");
    }
    return plan;
  }

  private @Nullable Condition condition(
      String condition, TopicSubscription subscription, Origin origin) {
    if (condition.isBlank()) {
      return null;
    }
    String what = "has the condition \"" + condition + "\"";
    if (engine == null) {
      report(
          subscription,
          origin,
          what + ", but nothing here understands conditions",
          "add the dependency dev.inboard:inboard-expressions-cel");
      return null;
    }
    try {
      return engine.compile(condition, VARIABLES);
    } catch (IllegalArgumentException e) {
      report(
          subscription, origin, what + ", which does not compile: " + e.getMessage(), "correct it");
      return null;
    }
  }

  private void report(TopicSubscription subscription, Origin origin, String what, String cure) {
    problems.accept(
        new Problem(origin, "the subscription to '" + subscription.topic() + "' " + what, cure));
  }
}
