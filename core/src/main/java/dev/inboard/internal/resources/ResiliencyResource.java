package dev.inboard.internal.resources;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A {@code Resiliency} document, or several laid over each other.
 *
 * <p>Durations without a unit count milliseconds. Bulkheads, rate limits, hedges, and the fields of
 * a retry policy that shape its exponential growth are ours; a sidecar ignores them.
 *
 * @param timeouts by name; zero means none
 * @param apps targets by app id
 * @param actors targets by actor type
 * @param components targets by component name
 */
public record ResiliencyResource(
    List<String> documents,
    Map<String, Duration> timeouts,
    Map<String, Retry> retries,
    Map<String, CircuitBreaker> circuitBreakers,
    Map<String, Bulkhead> bulkheads,
    Map<String, RateLimit> rateLimits,
    Map<String, Hedge> hedges,
    Map<String, AppTarget> apps,
    Map<String, ActorTarget> actors,
    Map<String, ComponentTarget> components) {

  /** A document without any policy. */
  public static final ResiliencyResource EMPTY =
      new ResiliencyResource(
          List.of(), Map.of(), Map.of(), Map.of(), Map.of(), Map.of(), Map.of(), Map.of(), Map.of(),
          Map.of());

  /**
   * Lays another document over this one: its policies and targets replace those of the same name.
   */
  ResiliencyResource with(ResiliencyResource other) {
    List<String> names = new ArrayList<>(documents);
    names.addAll(other.documents);
    return new ResiliencyResource(
        names,
        join(timeouts, other.timeouts),
        join(retries, other.retries),
        join(circuitBreakers, other.circuitBreakers),
        join(bulkheads, other.bulkheads),
        join(rateLimits, other.rateLimits),
        join(hedges, other.hedges),
        join(apps, other.apps),
        join(actors, other.actors),
        join(components, other.components));
  }

  private static <T> Map<String, T> join(Map<String, T> under, Map<String, T> over) {
    Map<String, T> joined = new LinkedHashMap<>(under);
    joined.putAll(over);
    return joined;
  }

  /** Says whether there is neither a policy nor a target. */
  public boolean isEmpty() {
    return equals(EMPTY);
  }

  /** How the wait between two attempts grows. */
  public enum Growth {
    /** It is always {@code duration}. */
    CONSTANT,
    /**
     * It begins at {@code initialInterval} and grows by {@code multiplier} up to {@code
     * maxInterval}.
     */
    EXPONENTIAL
  }

  /**
   * A retry policy.
   *
   * @param duration the wait of a constant policy
   * @param initialInterval the first wait of an exponential policy
   * @param multiplier at least 1
   * @param randomizationFactor which part of the wait is chance, 0 to 1
   * @param maxElapsedTime when to give up whatever {@code maxRetries} says; null: never
   * @param maxRetries after the first attempt; -1: without end
   * @param httpStatusCodes which failures are tried again; empty: all
   * @param grpcStatusCodes which failures are tried again; empty: all
   */
  public record Retry(
      Growth growth,
      Duration duration,
      Duration initialInterval,
      double multiplier,
      double randomizationFactor,
      Duration maxInterval,
      @Nullable Duration maxElapsedTime,
      int maxRetries,
      List<CodeRange> httpStatusCodes,
      List<CodeRange> grpcStatusCodes) {}

  /** Status codes from one to another, both included. */
  public record CodeRange(int from, int to) {}

  /**
   * A circuit breaker.
   *
   * @param maxRequests how many calls a half-open breaker lets through, at least 1
   * @param interval when the counts of a closed breaker begin anew; zero: never
   * @param timeout how long the breaker stays open
   * @param trip the condition, in CEL, that opens it
   */
  public record CircuitBreaker(
      int maxRequests, Duration interval, Duration timeout, String trip, Origin origin) {}

  /**
   * A limit of calls at one time.
   *
   * @param maxConcurrent at least 1
   * @param maxWait how long a call waits for its turn
   */
  public record Bulkhead(int maxConcurrent, Duration maxWait) {}

  /**
   * A limit of calls in a period.
   *
   * @param limit at least 1
   * @param maxWait how long a call waits for its turn
   */
  public record RateLimit(int limit, Duration period, Duration maxWait) {}

  /**
   * Further attempts at a slow read while the first is still under way.
   *
   * @param delay how slow is slow
   * @param maxHedges how many further attempts, at least 1
   */
  public record Hedge(Duration delay, int maxHedges) {}

  /** The name of a policy where a target uses it. */
  public record PolicyName(String name, Origin origin) {}

  /** The policies of one target, each null when it has none of the kind. */
  public record Policies(
      @Nullable PolicyName timeout,
      @Nullable PolicyName retry,
      @Nullable PolicyName circuitBreaker,
      @Nullable PolicyName bulkhead,
      @Nullable PolicyName rateLimit,
      @Nullable PolicyName hedge) {}

  /**
   * The policies of calls to another application.
   *
   * @param circuitBreakerCacheSize how many endpoints have a breaker of their own
   */
  public record AppTarget(Policies policies, int circuitBreakerCacheSize) {}

  /** What shares a breaker among the actors of a type. */
  public enum BreakerScope {
    /** All actors of the type. */
    TYPE,
    /** Each actor by itself. */
    ID,
    /** Both: one for the type, one for each actor. */
    BOTH
  }

  /**
   * The policies of calls to actors of one type.
   *
   * @param circuitBreakerScope null when there is no breaker
   * @param circuitBreakerCacheSize how many actors have a breaker of their own
   */
  public record ActorTarget(
      Policies policies, @Nullable BreakerScope circuitBreakerScope, int circuitBreakerCacheSize) {}

  /**
   * The policies of one component.
   *
   * @param inbound of messages and events it delivers
   * @param outbound of calls to it
   */
  public record ComponentTarget(Policies inbound, Policies outbound, Origin origin) {}
}
