package dev.inboard.internal.pubsub;

import dev.inboard.internal.resources.Origin;
import dev.inboard.internal.resources.Problem;
import dev.inboard.internal.resources.SubscriptionResource;
import dev.inboard.pubsub.EventHandler;
import dev.inboard.pubsub.TopicSubscription;
import dev.inboard.spi.Durations;
import dev.inboard.spi.expressions.ExpressionEngine;
import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Turns what code and resource files say into subscriptions that can be started, and reports
 * everything that is wrong.
 *
 * <p>Where both subscribe to one topic of one component, code has the say; of two files, the first.
 */
public final class SubscriptionPlanner {
  private static final Origin CODE = new Origin("builder", 0);

  private final Map<String, EventHandler<?>> handlers;
  private final Collection<String> pubsubNames;
  private final RouteCompiler compiler;
  private final Consumer<Problem> problems;
  private final Consumer<Problem> doubts;
  private final Map<String, SubscriptionPlan> plans =
      new LinkedHashMap<>(); // by component and topic

  /**
   * Prepares to plan.
   *
   * @param handlers those that resource files can name
   * @param pubsubNames the components there are
   * @param engine compiles conditions; null: there is none on the class path
   * @param problems told what must stop the start
   * @param doubts told what is probably a mistake
   */
  public SubscriptionPlanner(
      Map<String, EventHandler<?>> handlers,
      Collection<String> pubsubNames,
      @Nullable ExpressionEngine engine,
      Consumer<Problem> problems,
      Consumer<Problem> doubts) {
    this.handlers = handlers;
    this.pubsubNames = pubsubNames;
    this.compiler = new RouteCompiler(engine, problems);
    this.problems = problems;
    this.doubts = doubts;
  }

  /** Adds a subscription that code declares. To be called before the files' are added. */
  public void add(String pubsubName, TopicSubscription subscription) {
    SubscriptionPlan plan = compiler.compile(pubsubName, subscription, CODE);
    if (checkComponent(plan) && plans.putIfAbsent(key(plan), plan) != null) {
      problems.accept(
          new Problem(
              CODE,
              "the topic '"
                  + subscription.topic()
                  + "' of '"
                  + pubsubName
                  + "' is subscribed to twice",
              "give the first subscription a route, or more concurrency, instead"));
    }
  }

  /** Adds a subscription from a file that is meant for this application. */
  public void add(SubscriptionResource resource) {
    TopicSubscription subscription = read(resource);
    if (subscription == null) {
      return;
    }
    SubscriptionPlan plan =
        compiler.compile(resource.pubsubName(), subscription, resource.origin());
    SubscriptionPlan before = checkComponent(plan) ? plans.putIfAbsent(key(plan), plan) : null;
    if (before != null) {
      doubts.accept(
          new Problem(
              resource.origin(),
              "subscription '"
                  + resource.name()
                  + "' is without effect: "
                  + before.origin()
                  + " subscribes to the topic '"
                  + resource.topic()
                  + "' of '"
                  + resource.pubsubName()
                  + "'",
              "remove one of them"));
    }
  }

  /** Returns the subscriptions to start, in the order they were added. */
  public List<SubscriptionPlan> plans() {
    return List.copyOf(plans.values());
  }

  private static String key(SubscriptionPlan plan) {
    return plan.pubsubName() + "\n" + plan.subscription().topic();
  }

  private boolean checkComponent(SubscriptionPlan plan) {
    if (pubsubNames.contains(plan.pubsubName())) {
      return true;
    }
    problems.accept(
        new Problem(
            plan.origin(),
            "the subscription to '"
                + plan.subscription().topic()
                + "' names the pub/sub component '"
                + plan.pubsubName()
                + "', which does not exist",
            pubsubNames.isEmpty()
                ? "add a component"
                : "there are: " + String.join(", ", new TreeSet<>(pubsubNames))));
    return false;
  }

  private @Nullable TopicSubscription read(SubscriptionResource resource) {
    String fallbackPath = resource.defaultPath();
    EventHandler<?> fallback =
        fallbackPath == null ? null : handler(fallbackPath, resource, resource.origin());
    if (fallbackPath != null && fallback == null) {
      return null;
    }
    try {
      TopicSubscription subscription = settings(resource, fallback);
      for (SubscriptionResource.Rule rule : resource.rules()) {
        EventHandler<?> handler = handler(rule.path(), resource, rule.origin());
        if (handler == null) {
          return null;
        }
        subscription = subscription.withRoute(rule.condition(), handler);
      }
      return subscription;
    } catch (IllegalArgumentException e) {
      problems.accept(
          new Problem(
              resource.origin(),
              "subscription '" + resource.name() + "': " + e.getMessage(),
              "correct the value"));
      return null;
    }
  }

  private static TopicSubscription settings(
      SubscriptionResource resource, @Nullable EventHandler<?> fallback) {
    Map<String, String> metadata = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    metadata.putAll(resource.metadata());
    String raw = metadata.get("rawPayload");
    String concurrency = metadata.get("concurrency");
    String timeout = metadata.get("handlerTimeout");
    SubscriptionResource.Bulk bulk = resource.bulk();
    TopicSubscription subscription =
        (fallback == null
                ? TopicSubscription.to(resource.topic())
                : TopicSubscription.to(resource.topic(), fallback))
            .withMetadata(resource.metadata());
    if (raw != null && PublishMetadata.parseRaw(raw)) {
      subscription = subscription.withRawBodies();
    }
    if (concurrency != null) {
      subscription = subscription.withConcurrency(number("concurrency", concurrency));
    }
    if (timeout != null) {
      subscription = subscription.withTimeout(duration("handlerTimeout", timeout));
    }
    if (bulk != null) {
      subscription = subscription.withBatches(bulk.maxMessages(), bulk.maxAwait());
    }
    return resource.deadLetterTopic() == null
        ? subscription
        : subscription.withDeadLetterTopic(resource.deadLetterTopic());
  }

  private static int number(String name, String text) {
    try {
      return Integer.parseInt(text.strip());
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(name + " '" + text + "' is no whole number", e);
    }
  }

  private static Duration duration(String name, String text) {
    try {
      return Durations.parse(text, Duration.ofSeconds(1));
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(name + " '" + text + "' " + e.getMessage(), e);
    }
  }

  private @Nullable EventHandler<?> handler(
      String path, SubscriptionResource resource, Origin origin) {
    String name = path.startsWith("/") ? path.substring(1) : path;
    EventHandler<?> handler = handlers.get(name);
    if (handler == null) {
      String known =
          handlers.isEmpty()
              ? ""
              : "; there are: " + String.join(", ", new TreeSet<>(handlers.keySet()));
      problems.accept(
          new Problem(
              origin,
              "subscription '"
                  + resource.name()
                  + "' names the handler '"
                  + name
                  + "', which does not exist",
              "register it on the builder: .handler(\"" + name + "\", …)" + known));
    }
    return handler;
  }
}
