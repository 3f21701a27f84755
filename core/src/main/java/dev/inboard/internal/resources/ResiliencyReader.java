package dev.inboard.internal.resources;

import dev.inboard.internal.resources.ResiliencyResource.ActorTarget;
import dev.inboard.internal.resources.ResiliencyResource.AppTarget;
import dev.inboard.internal.resources.ResiliencyResource.BreakerScope;
import dev.inboard.internal.resources.ResiliencyResource.ComponentTarget;
import dev.inboard.internal.resources.ResiliencyResource.Policies;
import dev.inboard.internal.resources.ResiliencyResource.PolicyName;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Reads the targets of a {@code Resiliency} document; {@link PolicyReader} reads its policies. */
final class ResiliencyReader {
  private static final int APP_BREAKERS = 100;
  private static final int ACTOR_BREAKERS = 5000;

  private ResiliencyReader() {}

  static ResiliencyResource read(Fields root) {
    root.expectOnly(Set.of("apiVersion", "kind", "metadata", "spec", "scopes", "status"));
    Fields spec = root.section("spec");
    spec.expectOnly(Set.of("policies", "targets"));
    Fields policies = spec.section("policies");
    policies.expectOnly(
        Set.of("timeouts", "retries", "circuitBreakers", "bulkheads", "rateLimits", "hedges"));
    Fields targets = spec.section("targets");
    targets.expectOnly(Set.of("apps", "actors", "components"));
    String name = root.section("metadata").text("name");
    return new ResiliencyResource(
        name == null ? List.of() : List.of(name),
        timeouts(policies.section("timeouts")),
        named(policies.section("retries"), PolicyReader::retry),
        named(policies.section("circuitBreakers"), PolicyReader::circuitBreaker),
        named(policies.section("bulkheads"), PolicyReader::bulkhead),
        named(policies.section("rateLimits"), PolicyReader::rateLimit),
        named(policies.section("hedges"), PolicyReader::hedge),
        named(targets.section("apps"), ResiliencyReader::app),
        named(targets.section("actors"), ResiliencyReader::actor),
        named(targets.section("components"), ResiliencyReader::component));
  }

  private static Map<String, Duration> timeouts(Fields timeouts) {
    Map<String, Duration> all = new LinkedHashMap<>();
    for (String name : timeouts.names()) {
      if (timeouts.requiredText(name, "write a duration such as 500ms, 5s or 1h30m").isEmpty()) {
        continue;
      }
      all.put(name, PolicyReader.span(timeouts, name, Duration.ZERO));
    }
    return all;
  }

  private static <T> Map<String, T> named(Fields section, Function<Fields, T> reader) {
    Map<String, T> all = new LinkedHashMap<>();
    for (String name : section.names()) {
      all.put(name, reader.apply(section.section(name)));
    }
    return all;
  }

  private static AppTarget app(Fields target) {
    target.expectOnly(
        Set.of(
            "timeout",
            "retry",
            "circuitBreaker",
            "circuitBreakerCacheSize",
            "bulkhead",
            "rateLimit",
            "hedge"));
    return new AppTarget(
        policies(target), target.integer("circuitBreakerCacheSize", 1, APP_BREAKERS));
  }

  private static ActorTarget actor(Fields target) {
    target.expectOnly(
        Set.of(
            "timeout",
            "retry",
            "circuitBreaker",
            "circuitBreakerScope",
            "circuitBreakerCacheSize",
            "bulkhead",
            "rateLimit",
            "hedge"));
    return new ActorTarget(
        policies(target),
        scope(target),
        target.integer("circuitBreakerCacheSize", 1, ACTOR_BREAKERS));
  }

  private static @Nullable BreakerScope scope(Fields target) {
    String text = target.text("circuitBreakerScope");
    if (text == null && !target.has("circuitBreaker")) {
      return null;
    }
    return switch (text == null ? "" : text.strip().toLowerCase(Locale.ROOT)) {
      case "type" -> BreakerScope.TYPE;
      case "id" -> BreakerScope.ID;
      case "both" -> BreakerScope.BOTH;
      case "" -> {
        target.report("circuitBreakerScope", "is missing", "write type, id or both");
        yield null;
      }
      default -> {
        target.report(
            "circuitBreakerScope", "'" + text + "' is not known", "write type, id or both");
        yield null;
      }
    };
  }

  private static ComponentTarget component(Fields target) {
    target.expectOnly(Set.of("inbound", "outbound"));
    return new ComponentTarget(
        direction(target.section("inbound")),
        direction(target.section("outbound")),
        target.origin());
  }

  private static Policies direction(Fields direction) {
    direction.expectOnly(
        Set.of("timeout", "retry", "circuitBreaker", "bulkhead", "rateLimit", "hedge"));
    return policies(direction);
  }

  private static Policies policies(Fields target) {
    return new Policies(
        name(target, "timeout"),
        name(target, "retry"),
        name(target, "circuitBreaker"),
        name(target, "bulkhead"),
        name(target, "rateLimit"),
        name(target, "hedge"));
  }

  private static @Nullable PolicyName name(Fields target, String kind) {
    String name = target.text(kind);
    return name == null || name.isBlank()
        ? null
        : new PolicyName(name.strip(), target.originOf(kind));
  }
}
