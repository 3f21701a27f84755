package dev.inboard.internal.lifecycle;

import dev.inboard.Health;
import dev.inboard.common.InboardException;
import dev.inboard.internal.runtime.OpenedComponent;
import dev.inboard.spi.Driver;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Asks every component, all at the same time, whether it can serve. */
final class HealthCheck {
  private HealthCheck() {}

  /** Returns the health of the open components, in their order. */
  static List<Health.Component> of(Components components, Duration limit) {
    long deadline = System.nanoTime() + limit.toNanos();
    List<OpenedComponent<?>> asked = new ArrayList<>();
    components.inOrder().forEach(open -> asked.add(open.component()));
    List<CompletableFuture<Void>> pings =
        asked.stream().map(component -> ping(component.driver())).toList();
    List<Health.Component> health = new ArrayList<>();
    Waiting waiting = new Waiting();
    for (int i = 0; i < pings.size(); i++) {
      OpenedComponent<?> component = asked.get(i);
      Duration left = Duration.ofNanos(Math.max(0, deadline - System.nanoTime()));
      String reason = null;
      try {
        waiting.await(pings.get(i), left, component.label(), "ping");
      } catch (InboardException e) {
        reason = pings.get(i).isDone() ? e.getMessage() : noAnswer(component, limit);
      }
      health.add(health(component, reason));
    }
    return health;
  }

  /** Asks a driver; it may take any time to answer. */
  static CompletableFuture<Void> ping(Driver driver) {
    try {
      return driver.ping().toCompletableFuture();
    } catch (RuntimeException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  static String noAnswer(OpenedComponent<?> component, Duration limit) {
    return component.label() + ": no answer within " + Waiting.text(limit);
  }

  /**
   * Returns the health of a component.
   *
   * @param reason why it is not ready; null: it is
   */
  static Health.Component health(OpenedComponent<?> component, @Nullable String reason) {
    return new Health.Component(
        component.spec().name(),
        component.spec().type(),
        true,
        reason == null,
        component.resource().ignoreErrors(),
        reason);
  }
}
