package dev.inboard.local;

import dev.inboard.spi.ComponentSpec;
import dev.inboard.spi.pubsub.DriverSubscription;
import dev.inboard.spi.pubsub.InboundMessage;
import dev.inboard.spi.pubsub.MessageReceiver;
import dev.inboard.spi.pubsub.Settlement;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Watches the clock on a thread of its own and delivers an event at each time of the schedule. */
final class CronReader implements DriverSubscription {
  /** A clock can be set while the thread sleeps, so it looks that often. */
  private static final Duration LOOK_AT_CLOCK = Duration.ofMillis(200);

  /** A clock set back by more than this begins the schedule anew, as in every cron. */
  private static final Duration SET_BACK = Duration.ofHours(1);

  private static final Duration LONGEST_PAUSE = Duration.ofMinutes(1);

  private final ComponentSpec spec;
  private final CronSchedule schedule;
  private final Clock clock;
  private final int maxInFlight;
  private final MessageReceiver receiver;
  private final Thread thread;
  private final CompletableFuture<Void> drained = new CompletableFuture<>();

  // All guarded by this.
  private Instant start;
  private Instant lastLook;
  private @Nullable Instant next; // null when the schedule has no further time
  private @Nullable Run due; // waits for room
  private @Nullable Run failed; // waits for its next attempt
  private int inFlight;
  private boolean paused;
  private boolean stopped;

  /** One time of the schedule, and how often it was delivered. */
  private record Run(Instant scheduled, int deliveries, long notBeforeNanos) {}

  CronReader(ComponentSpec spec, CronSchedule schedule, int maxInFlight, MessageReceiver receiver) {
    this.spec = spec;
    this.schedule = schedule;
    this.clock = spec.clock();
    this.maxInFlight = maxInFlight;
    this.receiver = receiver;
    this.start = clock.instant();
    this.lastLook = start;
    this.next = schedule.next(start, start);
    this.thread = new Thread(this::deliverUntilStopped, "inboard-cron " + spec.name());
    thread.setDaemon(true);
  }

  void start() {
    thread.start();
  }

  private void deliverUntilStopped() {
    try {
      for (Run run = take(); run != null; run = take()) {
        deliver(run);
      }
    } catch (InterruptedException e) {
      stop();
    }
  }

  /** Waits for the next run that may begin; null when there will be none. */
  private synchronized @Nullable Run take() throws InterruptedException {
    while (!stopped) {
      lookAtClock();
      if (!paused && inFlight < maxInFlight) {
        Run run = due;
        if (run == null && failed != null && failed.notBeforeNanos - System.nanoTime() <= 0) {
          run = failed;
          failed = null;
        } else {
          due = null;
        }
        if (run != null) {
          inFlight++;
          return run;
        }
      }
      TimeUnit.NANOSECONDS.timedWait(this, waitNanos());
    }
    return null;
  }

  private void lookAtClock() {
    Instant now = clock.instant();
    if (now.isBefore(lastLook.minus(SET_BACK))) {
      start = now;
      next = schedule.next(now, now);
    }
    lastLook = now;
    if (next != null && !now.isBefore(next)) {
      if (due == null) {
        due = new Run(next, 0, 0);
      }
      failed = null;
      next = schedule.next(start, now);
    }
  }

  private long waitNanos() {
    long nanos = LOOK_AT_CLOCK.toNanos();
    if (next != null) {
      Duration untilNext = Duration.between(lastLook, next);
      nanos = untilNext.compareTo(LOOK_AT_CLOCK) < 0 ? untilNext.toNanos() : nanos;
    }
    if (failed != null) {
      nanos = Math.min(nanos, failed.notBeforeNanos - System.nanoTime());
    }
    return Math.max(nanos, TimeUnit.MILLISECONDS.toNanos(1));
  }

  private void deliver(Run run) {
    Run delivered = new Run(run.scheduled, run.deliveries + 1, 0);
    CompletionStage<Settlement> settlement;
    try {
      settlement = Objects.requireNonNull(receiver.receive(message(delivered)), "settlement");
    } catch (RuntimeException | Error e) {
      settled(delivered, Settlement.REDELIVER);
      return;
    }
    settlement.whenComplete(
        (word, failure) -> settled(delivered, failure == null ? word : Settlement.REDELIVER));
  }

  private InboundMessage message(Run run) {
    Map<String, String> metadata =
        Map.of(
            "timeZone", schedule.zone().getId(),
            "readTimeUTC", clock.instant().toString(),
            "scheduledTimeUTC", run.scheduled.toString());
    return new InboundMessage(
        run.scheduled.toString(), spec.name(), new byte[0], null, metadata, run.deliveries);
  }

  private void settled(Run run, Settlement word) {
    boolean last;
    synchronized (this) {
      inFlight--;
      if (word == Settlement.REDELIVER && !stopped && due == null) {
        Duration pause = Duration.ofSeconds(1L << Math.min(run.deliveries - 1, 6));
        pause = pause.compareTo(LONGEST_PAUSE) < 0 ? pause : LONGEST_PAUSE;
        failed = new Run(run.scheduled, run.deliveries, System.nanoTime() + pause.toNanos());
      }
      last = stopped && inFlight == 0;
      notifyAll();
    }
    if (last) {
      drained.complete(null);
    }
  }

  @Override
  public synchronized void pause() {
    paused = true;
  }

  @Override
  public synchronized void resume() {
    paused = false;
    notifyAll();
  }

  @Override
  public CompletionStage<Void> stop() {
    boolean idle;
    synchronized (this) {
      stopped = true;
      idle = inFlight == 0;
      notifyAll();
    }
    if (idle) {
      drained.complete(null);
    }
    return drained.minimalCompletionStage();
  }

  /** Stops and waits for the thread, not for the runs that are under way. */
  void end() {
    stop();
    if (Thread.currentThread() == thread) {
      return;
    }
    boolean interrupted = false;
    while (true) {
      try {
        thread.join();
        break;
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
