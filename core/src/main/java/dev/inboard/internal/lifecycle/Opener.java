package dev.inboard.internal.lifecycle;

import dev.inboard.common.ErrorCode;
import dev.inboard.common.InboardException;
import dev.inboard.internal.runtime.OpenedComponent;
import dev.inboard.spi.ComponentSpec;
import dev.inboard.spi.Driver;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Opens components at the same time, each on a thread of its own and within its {@code
 * initTimeout}.
 *
 * <p>Transient failures are tried again, as Dapr does: up to three times, after 500, 750 and 1000
 * milliseconds.
 */
final class Opener {
  private static final Logger log = LoggerFactory.getLogger(Opener.class);
  private static final List<Duration> PAUSES =
      List.of(Duration.ofMillis(500), Duration.ofMillis(750), Duration.ofSeconds(1));

  private final Waiting waiting;
  private final String threadPrefix;

  /** What is to be opened, with its checked spec. */
  record Candidate(Plan plan, ComponentSpec spec) {}

  /** What came of it. */
  sealed interface Outcome {
    Plan plan();
  }

  /** The component is open. */
  record Opened(Plan plan, OpenedComponent<?> component) implements Outcome {}

  /** The component could not be opened. */
  record Failed(Plan plan, InboardException failure) implements Outcome {}

  Opener(Waiting waiting, String threadPrefix) {
    this.waiting = waiting;
    this.threadPrefix = threadPrefix;
  }

  /** Opens all and waits for all; the outcomes are in the order of the candidates. */
  List<Outcome> open(List<Candidate> candidates) {
    List<Attempt> attempts = new ArrayList<>();
    for (Candidate candidate : candidates) {
      attempts.add(new Attempt(candidate));
    }
    for (Attempt attempt : attempts) {
      attempt.thread.start();
    }
    List<Outcome> outcomes = new ArrayList<>();
    for (Attempt attempt : attempts) {
      outcomes.add(attempt.await());
    }
    return outcomes;
  }

  /**
   * One component on its way. Whoever completes the result first wins: the thread, or the one who
   * stops waiting.
   */
  private final class Attempt {
    private final Candidate candidate;
    private final CompletableFuture<Driver> result = new CompletableFuture<>();
    private final long deadline;
    private final Thread thread;
    private volatile @Nullable InboardException earlier; // why the attempt before this one failed

    Attempt(Candidate candidate) {
      this.candidate = candidate;
      this.deadline = System.nanoTime() + initTimeout().toNanos();
      this.thread = new Thread(this::run, threadPrefix + "open-" + candidate.spec().name());
      this.thread.setDaemon(true);
    }

    private Duration initTimeout() {
      return candidate.plan().resource().initTimeout();
    }

    private void run() {
      try {
        Driver driver = openWithRetries();
        if (!result.complete(driver)) {
          log.warn("{} opened too late and is closed again", candidate.spec().label());
          driver.close();
        }
      } catch (Throwable e) { // whatever it is, somebody waits for it
        if (!result.completeExceptionally(e)) {
          log.debug("{} failed to open after nobody waited any more", candidate.spec().label(), e);
        }
      }
    }

    private Driver openWithRetries() throws InterruptedException {
      for (Duration pause : PAUSES) {
        try {
          return candidate.plan().provider().open(candidate.spec());
        } catch (InboardException e) {
          if (!e.code().isTransient() || System.nanoTime() + pause.toNanos() - deadline > 0) {
            throw e;
          }
          log.info("{}; next attempt in {}", e.getMessage(), Waiting.text(pause));
          earlier = e;
        }
        Thread.sleep(pause.toMillis());
      }
      return candidate.plan().provider().open(candidate.spec());
    }

    Outcome await() {
      String label = candidate.spec().label();
      Duration left = Duration.ofNanos(Math.max(0, deadline - System.nanoTime()));
      try {
        return opened(waiting.await(result, left, label, "open"));
      } catch (InboardException e) {
        InboardException failure = e;
        if (!result.isDone() && e.code() == ErrorCode.TIMEOUT) {
          failure = tooSlow(label);
        }
        if (result.completeExceptionally(failure)) {
          thread.interrupt();
        } else if (!result.isCompletedExceptionally()) {
          return opened(result.join()); // it was done at the last moment
        }
        return new Failed(candidate.plan(), failure);
      }
    }

    private InboardException tooSlow(String label) {
      InboardException before = earlier;
      String problem =
          "not done within "
              + Waiting.text(initTimeout())
              + (before == null ? "" : "; the attempt before failed: " + before.getMessage())
              + "; raise spec.initTimeout if it needs longer";
      return new InboardException(ErrorCode.TIMEOUT, label, "open", problem, before);
    }

    private Outcome opened(Driver driver) {
      return new Opened(
          candidate.plan(),
          new OpenedComponent<>(candidate.plan().resource(), candidate.spec(), driver));
    }
  }
}
