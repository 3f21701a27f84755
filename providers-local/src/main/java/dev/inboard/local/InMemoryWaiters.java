package dev.inboard.local;

import dev.inboard.common.ErrorCode;
import dev.inboard.common.InboardException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * The publishers who wait for room in the queue of a group, first come first served. Guarded by the
 * group.
 */
final class InMemoryWaiters {
  private final Deque<Waiter> waiters = new ArrayDeque<>();

  /**
   * A publisher who waits.
   *
   * @param room completes when the message is in the queue
   * @param deadline in nanoseconds, as {@link System#nanoTime} counts
   * @param publisher the label of the component
   */
  record Waiter(
      InMemoryMessage message, CompletableFuture<Void> room, long deadline, String publisher) {
    Waiter(InMemoryMessage message, long deadline, String publisher) {
      this(message, new CompletableFuture<>(), deadline, publisher);
    }

    void fail(ErrorCode code, String reason) {
      room.completeExceptionally(
          new InboardException(code, publisher, "publish to '" + message.topic() + "'", reason));
    }
  }

  boolean isEmpty() {
    return waiters.isEmpty();
  }

  void add(Waiter waiter) {
    waiters.addLast(waiter);
  }

  /** Removes the first; only while there is one. */
  Waiter next() {
    return waiters.removeFirst();
  }

  /** Returns how long the first one may still wait, in nanoseconds; only while there is one. */
  long patience(long now) {
    return waiters.getFirst().deadline() - now;
  }

  /** Removes those who have waited too long. */
  List<Waiter> removeLate(long now) {
    List<Waiter> late = new ArrayList<>();
    while (!waiters.isEmpty() && patience(now) <= 0) {
      late.add(waiters.removeFirst());
    }
    return late;
  }

  /** Removes all. */
  List<Waiter> clear() {
    List<Waiter> all = List.copyOf(waiters);
    waiters.clear();
    return all;
  }
}
