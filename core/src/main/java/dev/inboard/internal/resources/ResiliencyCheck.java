package dev.inboard.internal.resources;

import dev.inboard.internal.resources.ResiliencyResource.Policies;
import dev.inboard.internal.resources.ResiliencyResource.PolicyName;
import java.util.Collection;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Finds targets that use policies which no document defines. */
final class ResiliencyCheck {
  /** Retry policies that exist without being defined. */
  private static final List<String> BUILT_IN =
      List.of(
          "DaprBuiltInServiceRetries",
          "DaprBuiltInActorRetries",
          "DaprBuiltInActorReminderRetries",
          "DaprBuiltInActorNotFoundRetries",
          "DaprBuiltInInitializationRetries");

  private final ResiliencyResource resource;
  private final Problems problems;

  private ResiliencyCheck(ResiliencyResource resource, Problems problems) {
    this.resource = resource;
    this.problems = problems;
  }

  /** Checks what all documents together say. */
  static void check(ResiliencyResource resource, Problems problems) {
    new ResiliencyCheck(resource, problems).check();
  }

  private void check() {
    resource.apps().values().forEach(target -> check(target.policies()));
    resource.actors().values().forEach(target -> check(target.policies()));
    resource.components().values().forEach(target -> check(target.inbound()));
    resource.components().values().forEach(target -> check(target.outbound()));
  }

  private void check(Policies policies) {
    List<String> retries =
        Stream.concat(resource.retries().keySet().stream(), BUILT_IN.stream()).toList();
    check(policies.timeout(), "timeout", "timeouts", resource.timeouts().keySet());
    check(policies.retry(), "retry policy", "retries", retries);
    check(
        policies.circuitBreaker(),
        "circuit breaker",
        "circuitBreakers",
        resource.circuitBreakers().keySet());
    check(policies.bulkhead(), "bulkhead", "bulkheads", resource.bulkheads().keySet());
    check(policies.rateLimit(), "rate limit", "rateLimits", resource.rateLimits().keySet());
    check(policies.hedge(), "hedge", "hedges", resource.hedges().keySet());
  }

  private void check(
      @Nullable PolicyName used, String kind, String section, Collection<String> defined) {
    if (used == null || defined.contains(used.name())) {
      return;
    }
    String nearest = NearestName.of(used.name(), defined);
    problems.report(
        used.origin(),
        kind + " '" + used.name() + "' is not defined",
        nearest == null
            ? "define it below spec.policies." + section
            : "did you mean '" + nearest + "'?");
  }
}
