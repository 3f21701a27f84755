package dev.inboard.internal.resiliency;

import dev.inboard.internal.resiliency.InboundRules.BreakerRule;
import dev.inboard.internal.resiliency.PolicyLookup.Direction;
import dev.inboard.internal.resources.ResiliencyResource;
import dev.inboard.internal.runtime.OpenedComponent;
import dev.inboard.spi.expressions.ExpressionEngine;
import dev.inboard.spi.telemetry.ComponentTelemetry;
import dev.inboard.spi.telemetry.ComponentTelemetry.Gauge;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The policies of a runtime, and which component has which of them.
 *
 * <p>{@link #apply} replaces them while calls are under way: those go on under the policies they
 * began with. What did not change keeps its state, such as a breaker that is open. Safe for use by
 * many threads.
 */
public final class Resiliency {
  private final Later later;
  private final Executor executor;

  // Guarded by this.
  private final List<Guarded> guarded = new ArrayList<>();
  private final Map<String, Inbound> inbound = new LinkedHashMap<>();
  private Rules rules = new Rules(new PolicyLookup(ResiliencyResource.EMPTY), null, "");

  /**
   * What is in charge.
   *
   * @param document the name of the one that was read last
   */
  private record Rules(PolicyLookup lookup, @Nullable ExpressionEngine engine, String document) {
    BreakerRule breaker(Definitions found) {
      ResiliencyResource.CircuitBreaker breaker = Objects.requireNonNull(found.breaker());
      return new BreakerRule(
          String.valueOf(found.breakerName()), breaker, Trip.compile(breaker.trip(), engine));
    }
  }

  /** A component whose calls are guarded. */
  private static final class Guarded {
    private final String category;
    private final OpenedComponent<?> component;
    private Definitions definitions = Definitions.NONE;
    private volatile @Nullable CircuitBreaker breaker;

    Guarded(String category, OpenedComponent<?> component) {
      this.category = category;
      this.component = component;
    }
  }

  /** The rules of what one component delivers. */
  private static final class Inbound implements Supplier<InboundRules> {
    private final String category;
    private final OpenedComponent<?> component;
    private Definitions definitions = Definitions.NONE;
    private volatile InboundRules rules = InboundRules.NONE;

    Inbound(String category, OpenedComponent<?> component) {
      this.category = category;
      this.component = component;
    }

    @Override
    public InboundRules get() {
      return rules;
    }
  }

  /**
   * Begins without any policy.
   *
   * @param executor runs what follows from a timeout
   */
  public Resiliency(Later later, Executor executor) {
    this.later = later;
    this.executor = executor;
  }

  /** Returns the timer of all policies. */
  public Later later() {
    return later;
  }

  /**
   * Puts other policies in charge.
   *
   * @param resource checked: every name is defined, every trip compiles
   * @param engine null: there is none on the class path
   */
  public synchronized void apply(ResiliencyResource resource, @Nullable ExpressionEngine engine) {
    List<String> documents = resource.documents();
    rules =
        new Rules(
            new PolicyLookup(resource),
            engine,
            documents.isEmpty() ? "" : documents.get(documents.size() - 1));
    guarded.forEach(this::update);
    inbound.values().forEach(this::update);
  }

  /**
   * Guards the calls to a component, now and after every {@link #apply}.
   *
   * @param category the first part of its type
   */
  public synchronized void guard(String category, OpenedComponent<?> component) {
    Guarded entry = new Guarded(category, component);
    guarded.add(entry);
    update(entry);
    ComponentTelemetry telemetry = component.telemetry();
    if (telemetry != null) {
      telemetry.gauge(Gauge.BREAKER_STATE, null, () -> CircuitBreaker.level(entry.breaker));
    }
  }

  /**
   * Returns the rules of what a component delivers, which are to be asked for afresh for every
   * message.
   *
   * @param category the first part of its type
   */
  public synchronized Supplier<InboundRules> inbound(
      String category, OpenedComponent<?> component) {
    return inbound.computeIfAbsent(
        component.spec().name(),
        name -> {
          Inbound entry = new Inbound(category, component);
          update(entry);
          return entry;
        });
  }

  private void update(Guarded entry) {
    Definitions found =
        rules.lookup.find(entry.category, entry.component.spec().name(), Direction.OUTBOUND);
    if (found.isSameAs(entry.definitions)) {
      return;
    }
    entry.definitions = found;
    entry.breaker = breaker(entry, found);
    entry.component.guard(found.isNone() ? null : policy(entry, found));
  }

  private @Nullable CircuitBreaker breaker(Guarded entry, Definitions found) {
    if (found.breaker() == null) {
      return null;
    }
    if (entry.breaker != null && entry.breaker.rule().equals(found.breaker())) {
      return entry.breaker;
    }
    BreakerRule rule = rules.breaker(found);
    return new CircuitBreaker(
        entry.component.label() + ": circuit breaker '" + rule.name() + "'",
        rule.definition(),
        rule.trip(),
        System::nanoTime);
  }

  private OutboundPolicy policy(Guarded entry, Definitions found) {
    PolicyCounts counts =
        PolicyCounts.of(entry.component.telemetry(), rules.document, found, false);
    if (entry.breaker != null) {
      entry.breaker.tell(counts);
    }
    return new OutboundPolicy(
        entry.component.label(),
        entry.component.telemetry(),
        counts,
        later,
        found.retry() == null ? null : RetryRule.of(found.retry()),
        found.bulkhead() == null ? null : new Bulkhead(found.bulkhead(), later, executor),
        found.rateLimit() == null
            ? null
            : new OutboundPolicy.RateLimited(
                new RateLimiter(found.rateLimit()), found.rateLimit().maxWait().toNanos()),
        entry.breaker,
        found.breakerName(),
        found.timeout() == null ? null : new Timeouts(found.timeout(), later, executor),
        found.hedge());
  }

  private void update(Inbound entry) {
    Definitions found =
        rules.lookup.find(entry.category, entry.component.spec().name(), Direction.INBOUND);
    if (found.isSameAs(entry.definitions)) {
      return;
    }
    entry.definitions = found;
    entry.rules =
        new InboundRules(
            found.timeout(),
            found.retry() == null ? null : RetryRule.of(found.retry()),
            found.breaker() == null ? null : rules.breaker(found),
            found.bulkhead(),
            found.rateLimit(),
            PolicyCounts.of(entry.component.telemetry(), rules.document, found, true));
  }

  /** Makes no further attempt: what waits for one fails with {@code CANCELLED}. */
  public void close() {
    later.close();
  }
}
