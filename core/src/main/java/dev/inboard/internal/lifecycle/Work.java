package dev.inboard.internal.lifecycle;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.inboard.internal.runtime.RuntimeContext;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The work between start and close: the building blocks, what comes in, and the threads that handle
 * it.
 */
final class Work {
  private static final Logger log = LoggerFactory.getLogger(Work.class);
  private static final Duration ABORT_LIMIT = Duration.ofSeconds(2);

  private final ExecutorService handlers;
  private final ScheduledExecutorService timer;
  private final Facades facades;
  private final Intake intake;
  private final Checked checked;
  private final Settings settings;

  /** Makes the building blocks over open components. Nothing comes in yet. */
  Work(
      Settings settings,
      Checked checked,
      ObjectMapper mapper,
      Components components,
      Waiting waiting,
      String threadPrefix) {
    this.settings = settings;
    this.checked = checked;
    handlers = RuntimeThreads.handlers(threadPrefix);
    timer = RuntimeThreads.timer(threadPrefix);
    RuntimeContext context =
        new RuntimeContext(
            checked.appId(),
            settings.environment().get("NAMESPACE"),
            settings.clock(),
            mapper,
            handlers,
            timer);
    facades =
        new Facades(
            components, context, settings.codecs(), checked.configuration(), checked.expressions());
    intake = new Intake(components, facades, context, waiting);
  }

  /** Lets messages and events in. */
  void begin() {
    intake.begin(checked.subscriptions(), settings.handlers().bindings());
  }

  /** Returns what the application calls. */
  Facades facades() {
    return facades;
  }

  /**
   * Takes nothing more in, waits for the handlers at work, and ends all threads. Handlers that are
   * not done in time are interrupted; what they have not settled goes back to its broker.
   */
  void end(Duration drainTimeout) {
    if (!intake.end(drainTimeout)) {
      log.warn(
          "handlers are still at work after {}; interrupting them", Waiting.text(drainTimeout));
      intake.abort();
      handlers.shutdownNow();
      intake.end(ABORT_LIMIT);
    }
    handlers.shutdownNow();
    timer.shutdownNow();
    awaitThreads();
  }

  private void awaitThreads() {
    try {
      if (!handlers.awaitTermination(ABORT_LIMIT.toMillis(), TimeUnit.MILLISECONDS)) {
        log.error(
            "handlers ignore their interrupt; their threads go on, but what they do has no effect any more");
      }
      timer.awaitTermination(ABORT_LIMIT.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
