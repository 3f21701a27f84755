package dev.inboard.internal.lifecycle;

import dev.inboard.Health;
import dev.inboard.common.InboardException;
import dev.inboard.internal.runtime.OpenedComponent;
import dev.inboard.spi.Driver;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** Asks every component, all at the same time, whether it can serve. */
final class HealthCheck {
  private HealthCheck() {}

  /** Returns the health of the open components, in their order. */
  static List<Health.Component> of(Components components, Duration limit) {
    long deadline = System.nanoTime() + limit.toNanos();
    List<CompletableFuture<Void>> pings =
        components.inOrder().stream().map(open -> ping(open.component())).toList();
    List<Health.Component> health = new ArrayList<>();
    Waiting waiting = new Waiting();
    for (int i = 0; i < pings.size(); i++) {
      OpenedComponent<?> component = components.inOrder().get(i).component();
      Duration left = Duration.ofNanos(Math.max(0, deadline - System.nanoTime()));
      health.add(health(component, pings.get(i), left, limit, waiting));
    }
    return health;
  }

  private static CompletableFuture<Void> ping(OpenedComponent<?> component) {
    try {
      Driver driver = component.driver();
      return driver.ping().toCompletableFuture();
    } catch (RuntimeException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  private static Health.Component health(
      OpenedComponent<?> component,
      CompletableFuture<Void> ping,
      Duration left,
      Duration limit,
      Waiting waiting) {
    String reason = null;
    try {
      waiting.await(ping, left, component.label(), "ping");
    } catch (InboardException e) {
      reason =
          ping.isDone()
              ? e.getMessage()
              : component.label() + ": no answer within " + Waiting.text(limit);
    }
    return new Health.Component(
        component.spec().name(),
        component.spec().type(),
        true,
        reason == null,
        component.resource().ignoreErrors(),
        reason);
  }
}
