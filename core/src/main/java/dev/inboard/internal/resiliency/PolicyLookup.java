package dev.inboard.internal.resiliency;

import dev.inboard.internal.resources.Origin;
import dev.inboard.internal.resources.ResiliencyResource;
import dev.inboard.internal.resources.ResiliencyResource.ComponentTarget;
import dev.inboard.internal.resources.ResiliencyResource.Policies;
import dev.inboard.internal.resources.ResiliencyResource.PolicyName;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Finds the policies of a component: those its target names, else, when no target names the
 * component at all, the defaults. Dapr's rules.
 */
final class PolicyLookup {
  /** What Dapr calls the kinds of components in the names of default policies. */
  private static final Map<String, String> TYPES =
      Map.of(
          "state", "Statestore",
          "pubsub", "Pubsub",
          "bindings", "Binding",
          "secretstores", "Secretstore",
          "lock", "Lock",
          "configuration", "Configuration",
          "crypto", "Crypto",
          "conversation", "Conversation");

  private static final Origin DEFAULT = new Origin("default policy", 0);

  private final ResiliencyResource resource;

  /** Which way a call goes. */
  enum Direction {
    /** To the application. */
    INBOUND("Inbound"),
    /** From the application. */
    OUTBOUND("Outbound");

    private final String text;

    Direction(String text) {
      this.text = text;
    }
  }

  PolicyLookup(ResiliencyResource resource) {
    this.resource = resource;
  }

  /**
   * Finds what applies.
   *
   * @param category the first part of the component's type, such as {@code state}
   */
  Definitions find(String category, String component, Direction direction) {
    ComponentTarget target = resource.components().get(component);
    if (target != null) {
      Policies policies = direction == Direction.INBOUND ? target.inbound() : target.outbound();
      return definitions(
          policies.timeout(),
          policies.retry(),
          policies.circuitBreaker(),
          policies.bulkhead(),
          policies.rateLimit(),
          policies.hedge());
    }
    String type = TYPES.getOrDefault(category.toLowerCase(Locale.ROOT), "");
    return definitions(
        byDefault(type, direction, "Timeout", resource.timeouts()),
        byDefault(type, direction, "Retry", resource.retries()),
        byDefault(type, direction, "CircuitBreaker", resource.circuitBreakers()),
        byDefault(type, direction, "Bulkhead", resource.bulkheads()),
        byDefault(type, direction, "RateLimit", resource.rateLimits()),
        byDefault(type, direction, "Hedge", resource.hedges()));
  }

  private static @Nullable PolicyName byDefault(
      String type, Direction direction, String kind, Map<String, ?> defined) {
    if (defined.isEmpty()) {
      return null;
    }
    for (String begin :
        List.of(
            "Default" + type + "Component" + direction.text,
            "DefaultComponent" + direction.text,
            "DefaultComponent",
            "Default")) {
      String name = begin + kind + "Policy";
      if (defined.containsKey(name)) {
        return new PolicyName(name, DEFAULT);
      }
    }
    return null;
  }

  private Definitions definitions(
      @Nullable PolicyName timeout,
      @Nullable PolicyName retry,
      @Nullable PolicyName breaker,
      @Nullable PolicyName bulkhead,
      @Nullable PolicyName rateLimit,
      @Nullable PolicyName hedge) {
    Duration limit = find(timeout, resource.timeouts());
    return new Definitions(
        limit == null || limit.isZero() ? null : limit,
        retry == null ? null : BuiltIns.find(retry.name(), resource.retries()),
        breaker == null ? null : breaker.name(),
        find(breaker, resource.circuitBreakers()),
        find(bulkhead, resource.bulkheads()),
        find(rateLimit, resource.rateLimits()),
        find(hedge, resource.hedges()));
  }

  private static <T> @Nullable T find(@Nullable PolicyName name, Map<String, T> defined) {
    return name == null ? null : defined.get(name.name());
  }
}
