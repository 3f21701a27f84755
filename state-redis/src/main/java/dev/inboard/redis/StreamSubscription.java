package dev.inboard.redis;

import dev.inboard.spi.pubsub.DriverSubscription;
import dev.inboard.spi.pubsub.MessageReceiver;
import dev.inboard.spi.pubsub.Settlement;
import dev.inboard.spi.pubsub.SubscriptionSpec;
import io.lettuce.core.StreamMessage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Fetches the messages of a stream, delivers them, and settles them with Redis.
 *
 * <p>What is fetched belongs to this member until it is acknowledged; it says so again and again
 * ({@code renew}), so that others take over only what a dead member has left. Nothing here blocks;
 * all fields are touched by {@link #tasks} alone.
 */
final class StreamSubscription implements DriverSubscription {
  private static final Logger LOG = LoggerFactory.getLogger(StreamSubscription.class);
  private static final Duration READ_AGAIN = Duration.ofMillis(200);
  private static final Duration LONGEST_TICK = Duration.ofSeconds(1);

  private final SerialTasks tasks = new SerialTasks();
  private final SubscriptionSpec spec;
  private final MessageReceiver receiver;
  private final StreamMember member;
  private final StreamOptions options;
  private final ScheduledExecutorService timer;
  private final StreamBacklog backlog;
  private final Set<String> unacknowledged =
      new HashSet<>(); // handled, and Redis does not know yet
  private final CompletableFuture<Void> stopped = new CompletableFuture<>();
  private final Duration tick;
  private boolean reading;
  private boolean acknowledging;
  private boolean paused;
  private boolean stopping;
  private boolean ended;
  private boolean renewing;
  private long nextTakeOver = System.nanoTime();
  private long nextLag = System.nanoTime();
  private int failedReads;
  private volatile @Nullable Long lag; // as the server said last; read by any thread

  StreamSubscription(
      SubscriptionSpec spec,
      MessageReceiver receiver,
      StreamMember member,
      StreamOptions options,
      ScheduledExecutorService timer) {
    this.spec = spec;
    this.receiver = receiver;
    this.member = member;
    this.options = options;
    this.timer = timer;
    this.backlog = new StreamBacklog(spec, options.queueDepth());
    this.tick = tick(options);
    tasks.run(this::pump);
    tasks.run(this::tick);
  }

  /** Often enough that no message of this member ever looks abandoned. */
  private static Duration tick(StreamOptions options) {
    Duration shortest = LONGEST_TICK;
    if (options.takesOver()) {
      for (Duration limit :
          List.of(options.processingTimeout().dividedBy(4), options.redeliverInterval())) {
        shortest = limit.compareTo(shortest) < 0 ? limit : shortest;
      }
    }
    return shortest;
  }

  @Override
  public void pause() {
    tasks.run(() -> paused = true);
  }

  @Override
  public void resume() {
    tasks.run(
        () -> {
          paused = false;
          pump();
        });
  }

  @Override
  public CompletionStage<Void> stop() {
    tasks.run(
        () -> {
          stopping = true;
          endIfDone(false);
        });
    return ended();
  }

  /** Stops without waiting for messages that are not settled; they are given back. */
  CompletionStage<Void> end() {
    tasks.run(
        () -> {
          stopping = true;
          endIfDone(true);
        });
    return ended();
  }

  /** Completes when the subscription has stopped or ended. */
  CompletionStage<Void> ended() {
    return stopped.minimalCompletionStage();
  }

  /** Returns what the server said within the last second or so. */
  @Override
  public OptionalLong lag() {
    Long last = lag;
    return last == null ? OptionalLong.empty() : OptionalLong.of(last);
  }

  // fetching and delivering

  private void pump() {
    while (!paused && !stopping) {
      StreamBacklog.Message next = backlog.next();
      if (next == null) {
        break;
      }
      deliver(next);
    }
    int room = backlog.room();
    if (!paused && !stopping && !reading && room > 0) {
      reading = true;
      member.read(room).whenComplete((read, failure) -> tasks.run(() -> fetched(read, failure)));
    }
  }

  private void fetched(
      @Nullable List<StreamMessage<String, byte[]>> messages, @Nullable Throwable failure) {
    if (messages != null) {
      messages.forEach(message -> backlog.add(message, 1));
    }
    if (failure == null) {
      failedReads = 0;
      readingEnded();
      return;
    }
    boolean groupIsGone =
        String.valueOf(RedisErrors.unwrap(failure).getMessage()).contains("NOGROUP");
    if (failedReads++ == 0 && !stopping) {
      LOG.warn(
          "cannot read '{}', trying again until it works: {}",
          spec.topic(),
          RedisErrors.unwrap(failure).toString());
    }
    CompletionStage<?> repair =
        groupIsGone && !stopping ? member.createGroup() : CompletableFuture.completedStage(null);
    repair.whenComplete((done, again) -> later(READ_AGAIN, this::readingEnded));
  }

  private void readingEnded() {
    reading = false;
    pump();
    endIfDone(false);
  }

  private void deliver(StreamBacklog.Message message) {
    CompletionStage<Settlement> outcome;
    try {
      outcome = receiver.receive(message.inbound());
    } catch (RuntimeException e) {
      outcome = CompletableFuture.failedStage(e);
    }
    outcome.whenComplete(
        (settlement, failure) -> tasks.run(() -> settled(message, settlement, failure)));
  }

  // settling

  private void settled(
      StreamBacklog.Message message, @Nullable Settlement settlement, @Nullable Throwable failure) {
    if (ended) {
      return; // given back already
    }
    if (failure != null) {
      LOG.error("the receiver of '{}' broke its rules", spec.topic(), failure);
    }
    if (settlement == Settlement.ACKNOWLEDGE) {
      backlog.remove(message);
      unacknowledged.add(message.id());
      acknowledge();
      pump();
    } else {
      later(backlog.putBack(message), () -> backAgain(message));
      pump();
      endIfDone(false);
    }
  }

  private void backAgain(StreamBacklog.Message message) {
    backlog.ready(message);
    pump();
  }

  /** Tells Redis what is handled: one command at a time, which carries all that came meanwhile. */
  private void acknowledge() {
    if (acknowledging || ended || unacknowledged.isEmpty()) {
      return;
    }
    acknowledging = true;
    List<String> ids = List.copyOf(unacknowledged);
    member
        .acknowledge(ids)
        .whenComplete((count, failure) -> tasks.run(() -> acknowledged(ids, failure)));
  }

  /** What Redis was not told is told again with the next tick. */
  private void acknowledged(List<String> ids, @Nullable Throwable failure) {
    acknowledging = false;
    if (failure == null) {
      ids.forEach(unacknowledged::remove);
      acknowledge();
      endIfDone(false);
    }
  }

  // what the clock asks for

  private void tick() {
    if (ended) {
      return;
    }
    acknowledge();
    if (!options.processingTimeout().isZero() && !renewing) {
      renewing = true;
      member
          .renew(backlog.deliveries())
          .whenComplete((lost, failure) -> tasks.run(() -> renewed(lost)));
    }
    if (options.takesOver() && !stopping && !paused && System.nanoTime() - nextTakeOver >= 0) {
      nextTakeOver = System.nanoTime() + options.redeliverInterval().toNanos();
      takeOver();
      member.sweep();
    }
    if (System.nanoTime() - nextLag >= 0) {
      nextLag = System.nanoTime() + LONGEST_TICK.toNanos();
      member.lag().whenComplete((count, failure) -> lag = count);
    }
    later(tick, this::tick);
  }

  private void renewed(@Nullable List<String> lost) {
    renewing = false;
    if (lost != null) {
      lost.forEach(backlog::forget);
      pump();
    }
  }

  private void takeOver() {
    int room = backlog.room();
    if (room > 0) {
      member
          .takeOver(room)
          .whenComplete(
              (claimed, failure) ->
                  tasks.run(
                      () -> {
                        if (claimed != null) {
                          claimed.forEach(one -> backlog.add(one.message(), one.delivery()));
                          pump();
                          endIfDone(false);
                        }
                      }));
    }
  }

  private void later(Duration delay, Runnable task) {
    try {
      Future<?> unused =
          timer.schedule(() -> tasks.run(task), delay.toNanos(), TimeUnit.NANOSECONDS);
    } catch (RejectedExecutionException driverIsClosed) {
      return;
    }
  }

  // the end

  private void endIfDone(boolean givingUp) {
    boolean settled = backlog.unsettled() == 0 && unacknowledged.isEmpty();
    if (!stopping || ended || !(settled || givingUp)) {
      return;
    }
    if (reading) {
      later(READ_AGAIN, () -> endIfDone(givingUp));
      return;
    }
    ended = true;
    giveBack()
        .whenComplete(
            (done, failure) -> { // what could not be given back is taken over in time
              member.disconnect();
              stopped.complete(null);
            });
  }

  private CompletionStage<Void> giveBack() {
    List<CompletionStage<?>> last = new ArrayList<>();
    last.add(member.release(backlog.deliveries()));
    if (!unacknowledged.isEmpty()) {
      last.add(member.acknowledge(unacknowledged));
    }
    last.add(member.leave());
    return CompletableFuture.allOf(
        last.stream()
            .map(CompletionStage::toCompletableFuture)
            .toArray(CompletableFuture<?>[]::new));
  }
}
