package dev.inboard.internal.lifecycle;

import dev.inboard.internal.runtime.OpenedComponent;
import dev.inboard.spi.Driver;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Asks the components now and then whether they can serve, so that the log says when one cannot,
 * also when nobody asks for the health. It has no thread of its own, and waits for no answer.
 *
 * <p>Secret stores are left out: some charge for each request.
 */
final class HealthWatch {
  static final Duration INTERVAL = Duration.ofSeconds(10);
  private static final Duration LIMIT = Duration.ofSeconds(5);

  private final Components components;
  private final HealthLog log;
  private final Executor executor;
  private final Duration interval;
  private boolean stopped; // guarded by this
  private CompletableFuture<Void> next = new CompletableFuture<>(); // guarded by this

  /**
   * Prepares.
   *
   * @param executor begins the questions
   */
  HealthWatch(Components components, HealthLog log, Executor executor, Duration interval) {
    this.components = components;
    this.log = log;
    this.executor = executor;
    this.interval = interval;
  }

  /** Looks after the interval, again and again. */
  synchronized void begin() {
    if (!stopped) { // on the JDK's own timer: a runtime with nothing planned starts none
      next =
          new CompletableFuture<Void>()
              .completeOnTimeout(null, interval.toNanos(), TimeUnit.NANOSECONDS);
      var unused = next.thenRunAsync(this::look, executor);
    }
  }

  /** Looks no more, and writes nothing more: components are about to be closed. */
  synchronized void stop() {
    stopped = true;
    next.cancel(false);
  }

  private synchronized boolean isStopped() {
    return stopped;
  }

  private void look() {
    components.inOrder().stream()
        .filter(open -> open.block() != Block.SECRETS)
        .forEach(open -> ask(open.component()));
    begin();
  }

  private <D extends Driver> void ask(OpenedComponent<D> component) {
    D asked = component.driver();
    var unused =
        HealthCheck.ping(asked)
            .copy() // the driver's own is not ended by a limit
            .orTimeout(LIMIT.toMillis(), TimeUnit.MILLISECONDS)
            .whenComplete(
                (done, failure) -> {
                  if (!isStopped() && component.driver() == asked) { // else it was closed meanwhile
                    log.write(List.of(HealthCheck.health(component, reason(component, failure))));
                  }
                });
  }

  private static @Nullable String reason(
      OpenedComponent<?> component, @Nullable Throwable failure) {
    if (failure == null) {
      return null;
    }
    return failure instanceof TimeoutException
        ? HealthCheck.noAnswer(component, LIMIT)
        : Waiting.failure(failure, component.label(), "ping").getMessage();
  }
}
