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
    return new Retry(
        growth(policy),
        policy.duration("duration", MILLI, Duration.ofSeconds(5)),
        policy.duration("initialInterval", MILLI, HALF_SECOND),
        policy.number("multiplier", 1, 1.5),
        chance,
        policy.duration("maxInterval", MILLI, MINUTE),
        policy.has("maxElapsedTime")
            ? policy.duration("maxElapsedTime", MILLI, Duration.ZERO)
            : null,
        policy.integer("maxRetries", -1, -1),
        codes(matching, "httpStatusCodes", 100, 599, "429,500-599"),
        codes(matching, "gRPCStatusCodes", 0, 16, "4,13-14"));
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
    Duration timeout = policy.duration("timeout", MILLI, MINUTE);
    return new CircuitBreaker(
        Math.max(1, maxRequests),
        policy.duration("interval", MILLI, Duration.ZERO),
        timeout.isZero() ? MINUTE : timeout,
        trip == null || trip.isBlank() ? "consecutiveFailures > 5" : trip.strip(),
        policy.origin());
  }

  static Bulkhead bulkhead(Fields policy) {
    policy.expectOnly(Set.of("maxConcurrent", "maxWait"));
    policy.requiredText("maxConcurrent", "write how many calls may be under way at one time");
    return new Bulkhead(
        policy.integer("maxConcurrent", 1, 1), policy.duration("maxWait", MILLI, Duration.ZERO));
  }

  static RateLimit rateLimit(Fields policy) {
    policy.expectOnly(Set.of("limit", "period", "maxWait"));
    policy.requiredText("limit", "write how many calls a period may have");
    return new RateLimit(
        policy.integer("limit", 1, 1),
        policy.duration("period", MILLI, Duration.ofSeconds(1)),
        policy.duration("maxWait", MILLI, Duration.ZERO));
  }

  static Hedge hedge(Fields policy) {
    policy.expectOnly(Set.of("delay", "maxHedges"));
    policy.requiredText("delay", "write after which time a read is tried once more");
    return new Hedge(
        policy.duration("delay", MILLI, Duration.ZERO), policy.integer("maxHedges", 1, 1));
  }
}
