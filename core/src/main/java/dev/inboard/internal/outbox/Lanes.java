package dev.inboard.internal.outbox;

import dev.inboard.internal.resiliency.Later;
import dev.inboard.resiliency.RetryPolicy;
import dev.inboard.spi.state.OutboxStateStoreDriver.StoredEvent;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The events that are being published: one after the other for each key, all keys at once. An event
 * that cannot be published holds back its key, and nothing else. Safe for use by many threads.
 */
final class Lanes {
  private static final Logger log = LoggerFactory.getLogger(Lanes.class);
  private static final int MOST = 4_096;
  private static final RetryPolicy PAUSES =
      RetryPolicy.exponential(RetryPolicy.FOREVER, Duration.ofMillis(100), Duration.ofSeconds(10));

  private final Function<StoredEvent, CompletionStage<@Nullable Void>> publisher;
  private final String label;
  private final Later later;
  private final Runnable wake;

  // Guarded by this.
  private final Map<String, Lane> lanes = new HashMap<>();
  private final Set<String> known = new HashSet<>(); // positions that were read and not forgotten
  private List<String> published = new ArrayList<>();
  private int underWay;
  private boolean closed;

  /** The events of one key; the first one is being published, or waits for its next attempt. */
  private static final class Lane {
    private final Deque<StoredEvent> events = new ArrayDeque<>();
    private int failures;
  }

  Lanes(
      Function<StoredEvent, CompletionStage<@Nullable Void>> publisher,
      String label,
      Later later,
      Runnable wake) {
    this.publisher = publisher;
    this.label = label;
    this.later = later;
    this.wake = wake;
  }

  /** Says whether no more is to be added now. */
  synchronized boolean areFull() {
    return known.size() >= MOST;
  }

  synchronized boolean areEmpty() {
    return known.isEmpty();
  }

  /** Adds an event behind those of its key; one that is here already is not added again. */
  void add(StoredEvent event) {
    Lane lane;
    synchronized (this) {
      if (closed || !known.add(event.position())) {
        return;
      }
      lane = lanes.computeIfAbsent(event.key(), key -> new Lane());
      lane.events.add(event);
      if (lane.events.size() > 1) {
        return;
      }
      underWay++;
    }
    publish(lane, event);
  }

  private void publish(Lane lane, StoredEvent event) {
    CompletionStage<@Nullable Void> publishing;
    try {
      publishing = publisher.apply(event);
    } catch (RuntimeException e) {
      publishing = CompletableFuture.failedFuture(e);
    }
    var unused =
        publishing.whenComplete(
            (done, failure) -> {
              if (failure == null) {
                succeeded(lane, event);
              } else {
                failed(lane, event, failure);
              }
            });
  }

  private void succeeded(Lane lane, StoredEvent event) {
    StoredEvent next;
    synchronized (this) {
      underWay--;
      published.add(event.position());
      lane.failures = 0;
      lane.events.poll();
      next = closed ? null : lane.events.peek();
      if (next == null) {
        lanes.remove(event.key(), lane);
      } else {
        underWay++;
      }
      notifyAll();
    }
    wake.run();
    if (next != null) {
      publish(lane, next);
    }
  }

  private void failed(Lane lane, StoredEvent event, Throwable failure) {
    int failures;
    synchronized (this) {
      underWay--;
      failures = ++lane.failures;
      notifyAll();
      if (closed) {
        return;
      }
    }
    if (Integer.bitCount(failures) == 1) { // the 1st, 2nd, 4th, 8th …
      log.warn(
          "{}: the event at position {} of key '{}' could not be published in {} attempts; it stays"
              + " and its key waits, while other keys go on: {}",
          label,
          event.position(),
          event.key(),
          failures,
          failure.getMessage());
    }
    later.after(PAUSES.delayAfter(failures).toNanos(), () -> again(lane, event), () -> {});
  }

  @SuppressWarnings("ReferenceEquality") // the very event that waited
  private void again(Lane lane, StoredEvent event) {
    synchronized (this) {
      if (closed || lane.events.peek() != event) {
        return;
      }
      underWay++;
    }
    publish(lane, event);
  }

  /** Returns the positions that were published since the last call. */
  synchronized List<String> takePublished() {
    List<String> taken = published;
    published = new ArrayList<>();
    return taken;
  }

  /** Tells that the store has forgotten these positions. */
  synchronized void forgotten(List<String> positions) {
    positions.forEach(known::remove);
  }

  /** Tells that it has not. */
  synchronized void giveBackPublished(List<String> positions) {
    published.addAll(positions);
  }

  /** Forgets everything that is not being published: another process relays now. */
  synchronized void clear() {
    lanes.values().forEach(lane -> lane.events.clear());
    lanes.clear();
    known.clear();
    published.clear();
  }

  /** Begins nothing more. */
  synchronized void close() {
    closed = true;
  }

  /** Waits until nothing is being published. */
  synchronized void awaitPublished(Duration limit) {
    long end = System.nanoTime() + limit.toNanos();
    try {
      for (long left = limit.toMillis();
          underWay > 0 && left > 0;
          left = (end - System.nanoTime()) / 1_000_000) {
        wait(left);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
