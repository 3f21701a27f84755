package dev.inboard.internal.resources;

import dev.inboard.internal.resources.ResiliencyResource.Bulkhead;
import dev.inboard.internal.resources.ResiliencyResource.CircuitBreaker;
import dev.inboard.internal.resources.ResiliencyResource.CodeRange;
import dev.inboard.internal.resources.ResiliencyResource.Growth;
import dev.inboard.internal.resources.ResiliencyResource.Hedge;
import dev.inboard.internal.resources.ResiliencyResource.RateLimit;
import dev.inboard.internal.resources.ResiliencyResource.Retry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads the policies of a {@code Resiliency} document, with Dapr's defaults. */
final class PolicyReader {
  private static final Duration MILLI = Duration.ofMillis(1);
  private static final Duration MINUTE = Duration.ofMinutes(1);
  private static final Duration HALF_SECOND = Duration.ofMillis(500);
  private static final Duration LONGEST = Duration.ofDays(30);
  private static final Pattern CODES = Pattern.compile("(\\d{1,3})(?:-(\\d{1,3}))?");

  private PolicyReader() {}

  static Retry retry(Fields policy) {
    policy.expectOnly(
        Set.of(
            "policy",
            "duration",
            "initialInterval",
            "multiplier",
            "randomizationFactor",
            "maxInterval",
            "maxElapsedTime",
            "maxRetries",
            "matching"));
    Fields matching = policy.section("matching");
    matching.expectOnly(Set.of("httpStatusCodes", "gRPCStatusCodes"));
    double chance = policy.number("randomizationFactor", 0, 0.5);
    if (chance > 1) {
      policy.report("randomizationFactor", "is " + chance, "write a number from 0 to 1");
    }
    Retry retry =
        new Retry(
            growth(policy),
            span(policy, "duration", Duration.ofSeconds(5)),
            span(policy, "initialInterval", HALF_SECOND),
            policy.number("multiplier", 1, 1.5),
            chance,
            span(policy, "maxInterval", MINUTE),
            policy.has("maxElapsedTime") ? span(policy, "maxElapsedTime", Duration.ZERO) : null,
            policy.integer("maxRetries", -1, -1),
            codes(matching, "httpStatusCodes", 100, 599, "429,500-599"),
            codes(matching, "gRPCStatusCodes", 0, 16, "4,13-14"));
    checkPauses(policy, retry);
    return retry;
  }

  private static void checkPauses(Fields policy, Retry retry) {
    boolean grows = retry.growth() == Growth.EXPONENTIAL;
    Duration first = grows ? retry.initialInterval() : retry.duration();
    if (retry.maxRetries() < 0 && (first.isZero() || (grows && retry.maxInterval().isZero()))) {
      policy.report(
          first.isZero() ? (grows ? "initialInterval" : "duration") : "maxInterval",
          "is zero, so that the policy would try again without a pause and without an end",
          "write a pause such as 500ms, or limit maxRetries");
    }
  }

  /** Returns a time span of a length that makes sense. */
  static Duration span(Fields policy, String name, Duration otherwise) {
    Duration span = policy.duration(name, MILLI, otherwise);
    if (span.compareTo(LONGEST) > 0) {
      policy.report(name, "is longer than 30 days", "write a shorter duration");
      return otherwise;
    }
    return span;
  }

  /** Returns a time span that is not zero. */
  private static Duration positive(Fields policy, String name, Duration otherwise) {
    Duration span = span(policy, name, otherwise);
    if (span.isZero() && policy.has(name)) {
      policy.report(name, "is zero", "write a duration such as 500ms, 5s or 1h30m");
    }
    return span;
  }

  private static Growth growth(Fields policy) {
    String text = policy.text("policy");
    return switch (text == null ? "" : text.strip().toLowerCase(Locale.ROOT)) {
      case "", "constant" -> Growth.CONSTANT;
      case "exponential" -> Growth.EXPONENTIAL;
      default -> {
        policy.report("policy", "'" + text + "' is not known", "write constant or exponential");
        yield Growth.CONSTANT;
      }
    };
  }

  private static List<CodeRange> codes(
      Fields matching, String name, int least, int most, String example) {
    String text = matching.text(name);
    if (text == null || text.isEmpty()) {
      return List.of();
    }
    List<CodeRange> ranges = new ArrayList<>();
    for (String part : text.split(",", -1)) {
      Matcher codes = CODES.matcher(part);
      if (codes.matches()) {
        int from = Integer.parseInt(codes.group(1));
        int to = codes.group(2) == null ? from : Integer.parseInt(codes.group(2));
        if (least <= from && from <= to && to <= most) {
          ranges.add(new CodeRange(from, to));
          continue;
        }
      }
      matching.report(
          name,
          "has '" + part + "', which is no code or range",
          "write codes from "
              + least
              + " to "
              + most
              + " without blanks, such as '"
              + example
              + "'");
    }
    return List.copyOf(ranges);
  }

  static CircuitBreaker circuitBreaker(Fields policy) {
    policy.expectOnly(Set.of("maxRequests", "interval", "timeout", "trip"));
    String trip = policy.text("trip");
    int maxRequests = policy.integer("maxRequests", 0, 1);
    Duration timeout = span(policy, "timeout", MINUTE);
    return new CircuitBreaker(
        Math.max(1, maxRequests),
        span(policy, "interval", Duration.ZERO),
        timeout.isZero() ? MINUTE : timeout,
        trip == null || trip.isBlank() ? "consecutiveFailures > 5" : trip.strip(),
        policy.origin());
  }

  static Bulkhead bulkhead(Fields policy) {
    policy.expectOnly(Set.of("maxConcurrent", "maxWait"));
    policy.requiredText("maxConcurrent", "write how many calls may be under way at one time");
    return new Bulkhead(
        policy.integer("maxConcurrent", 1, 1), span(policy, "maxWait", Duration.ZERO));
  }

  static RateLimit rateLimit(Fields policy) {
    policy.expectOnly(Set.of("limit", "period", "maxWait"));
    policy.requiredText("limit", "write how many calls a period may have");
    return new RateLimit(
        policy.integer("limit", 1, 1),
        positive(policy, "period", Duration.ofSeconds(1)),
        span(policy, "maxWait", Duration.ZERO));
  }

  static Hedge hedge(Fields policy) {
    policy.expectOnly(Set.of("delay", "maxHedges"));
    policy.requiredText("delay", "write after which time a read is tried once more");
    return new Hedge(positive(policy, "delay", Duration.ZERO), policy.integer("maxHedges", 1, 1));
  }
}
