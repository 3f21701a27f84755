package dev.inboard.local;

import dev.inboard.common.ErrorCode;
import dev.inboard.spi.pubsub.Settlement;
import dev.inboard.spi.pubsub.SubscriptionSpec.Order;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.ListIterator;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The queue of one consumer group on one topic, and the members who share it.
 *
 * <p>It has no thread: whoever changes something (publishes, settles, resumes) also delivers what
 * may be delivered now, one thread at a time. All state is guarded by the lock of this; receivers
 * are called without it.
 */
final class InMemoryGroup {
  private static final Duration LONGEST_BACK_OFF = Duration.ofMinutes(1);
  private static final int LONGEST_ROUND = 256;

  /** What the component says; that of the first member counts. */
  record Settings(
      int queueLength, Duration publishTimeout, Duration redeliverInterval, boolean retained) {}

  private final String name;
  private final Settings settings;
  private final ScheduledExecutorService timer;

  private final List<InMemorySubscription> members = new ArrayList<>();
  private final Deque<InMemoryMessage> ready = new ArrayDeque<>();
  private final Map<String, Deque<InMemoryMessage>> followers =
      new HashMap<>(); // of the leader of each key under way
  private final InMemoryWaiters waiters = new InMemoryWaiters();
  private int backlog; // ready, following and waiting for redelivery
  private int lastServed;
  private boolean dispatching;

  InMemoryGroup(String name, Settings settings, ScheduledExecutorService timer) {
    this.name = name;
    this.settings = settings;
    this.timer = timer;
  }

  String name() {
    return name;
  }

  synchronized int backlog() {
    return backlog;
  }

  /**
   * Puts a message into the queue.
   *
   * @return null when there was room, else completes when there is
   */
  @Nullable CompletableFuture<Void> offer(InMemoryMessage message, String publisher) {
    synchronized (this) {
      if (isForgettable()) {
        return null;
      }
      if (backlog >= settings.queueLength() || !waiters.isEmpty()) {
        return await(message, publisher);
      }
      ready.addLast(message);
      backlog++;
    }
    dispatch();
    return null;
  }

  private CompletableFuture<Void> await(InMemoryMessage message, String publisher) {
    long deadline = System.nanoTime() + settings.publishTimeout().toNanos();
    InMemoryWaiters.Waiter waiter = new InMemoryWaiters.Waiter(message, deadline, publisher);
    if (members.isEmpty()) {
      waiter.fail(
          ErrorCode.EXHAUSTED,
          full() + "has no subscription; subscribe, or set 'retained' to false");
      return waiter.room();
    }
    if (waiters.isEmpty()) {
      later(this::turnAwayLate, settings.publishTimeout());
    }
    waiters.add(waiter);
    return waiter.room();
  }

  private String full() {
    return settings.queueLength() + " messages wait for the group '" + name + "', which ";
  }

  private void turnAwayLate() {
    List<InMemoryWaiters.Waiter> late;
    synchronized (this) {
      long now = System.nanoTime();
      late = waiters.removeLate(now);
      if (!waiters.isEmpty()) {
        later(this::turnAwayLate, Duration.ofNanos(waiters.patience(now)));
      }
    }
    String reason =
        full()
            + "took none within "
            + settings.publishTimeout()
            + "; publish more slowly, or handle faster";
    late.forEach(waiter -> waiter.fail(ErrorCode.EXHAUSTED, reason));
  }

  /**
   * Lets waiting publishers in when half the queue is free, so that they do not wake up for every
   * single message.
   */
  private void admit() {
    if (waiters.isEmpty() || backlog > settings.queueLength() / 2) {
      return;
    }
    List<CompletableFuture<Void>> rooms = new ArrayList<>();
    while (!waiters.isEmpty() && backlog < settings.queueLength()) {
      InMemoryWaiters.Waiter waiter = waiters.next();
      ready.addLast(waiter.message());
      backlog++;
      rooms.add(waiter.room());
    }
    later(() -> rooms.forEach(room -> room.complete(null)), Duration.ZERO);
  }

  synchronized void join(InMemorySubscription member) {
    members.add(member);
  }

  /**
   * Ends a member's deliveries. Its messages in flight stay with it until they are settled or
   * handed back.
   */
  synchronized void leave(InMemorySubscription member) {
    members.remove(member);
  }

  /** Says whether it is of no use any more. */
  synchronized boolean isForgettable() {
    return members.isEmpty() && !settings.retained();
  }

  /**
   * Delivers what may be delivered now, unless another thread is at it and will see what has
   * changed.
   */
  void dispatch() {
    InMemoryDelivery first;
    synchronized (this) {
      if (dispatching) {
        return;
      }
      dispatching = true;
      first = next();
    }
    deliver(first);
  }

  private void deliver(@Nullable InMemoryDelivery first) {
    InMemoryDelivery delivery = first;
    for (int count = 1; delivery != null; count++) {
      delivery.start();
      synchronized (this) {
        if (count < LONGEST_ROUND) {
          delivery = next();
          continue;
        }
        dispatching = false;
      }
      // A publisher must come back to its own work, however busy the group is.
      later(this::dispatch, Duration.ZERO);
      return;
    }
  }

  /** Begins the next delivery; when there is none, whoever dispatches is done. */
  private @Nullable InMemoryDelivery next() {
    admit();
    InMemorySubscription member = ready.isEmpty() ? null : memberWithRoom();
    InMemoryMessage message = member == null ? null : take(member.order());
    if (member == null || message == null) {
      dispatching = false;
      return null;
    }
    backlog--;
    return member.begin(message);
  }

  /** Picks the members in turn, so that each gets its share. */
  private @Nullable InMemorySubscription memberWithRoom() {
    for (int i = 0; i < members.size(); i++) {
      lastServed = lastServed + 1 < members.size() ? lastServed + 1 : 0;
      InMemorySubscription member = members.get(lastServed);
      if (member.hasRoom()) {
        return member;
      }
    }
    return null;
  }

  private @Nullable InMemoryMessage take(Order order) {
    InMemoryMessage message;
    while ((message = ready.pollFirst()) != null) {
      if (order == Order.BY_ARRIVAL || message.key == null || message.leadsItsKey) {
        return message;
      }
      Deque<InMemoryMessage> behind = followers.get(message.key);
      if (behind == null) {
        followers.put(message.key, new ArrayDeque<>(0));
        message.leadsItsKey = true;
        return message;
      }
      behind.addLast(message);
    }
    return null;
  }

  /** Does what the receiver decided, unless the message has been handed back in the meantime. */
  void settle(InMemoryDelivery delivery, @Nullable Settlement settlement) {
    InMemoryDelivery next = null;
    boolean last;
    synchronized (this) {
      InMemorySubscription member = delivery.member();
      if (!member.end(delivery)) {
        return;
      }
      if (settlement == Settlement.ACKNOWLEDGE) {
        releaseKey(delivery.message());
      } else {
        redeliverLater(delivery.message());
      }
      last = member.isFinished();
      if (!dispatching) {
        dispatching = true;
        next = next();
      }
    }
    if (last) {
      delivery.member().finish();
    }
    deliver(next);
  }

  private void releaseKey(InMemoryMessage message) {
    if (!message.leadsItsKey || message.key == null) {
      return;
    }
    Deque<InMemoryMessage> behind = followers.get(message.key);
    InMemoryMessage successor = behind == null ? null : behind.pollFirst();
    if (successor == null) {
      followers.remove(message.key);
    } else {
      successor.leadsItsKey = true;
      ready.addFirst(successor);
    }
  }

  private void redeliverLater(InMemoryMessage message) {
    Duration pause = settings.redeliverInterval();
    for (int n = message.deliveries(); n > 1 && pause.compareTo(LONGEST_BACK_OFF) < 0; n--) {
      pause = pause.multipliedBy(2);
    }
    message.again();
    backlog++;
    later(
        () -> redeliver(message), pause.compareTo(LONGEST_BACK_OFF) < 0 ? pause : LONGEST_BACK_OFF);
  }

  private void redeliver(InMemoryMessage message) {
    synchronized (this) {
      ready.addFirst(message);
    }
    dispatch();
  }

  /**
   * Takes back what a member will never settle, oldest first, for the others or for who comes next.
   */
  void handBack(List<InMemoryMessage> unsettled) {
    synchronized (this) {
      ListIterator<InMemoryMessage> backwards = unsettled.listIterator(unsettled.size());
      while (backwards.hasPrevious()) {
        InMemoryMessage message = backwards.previous();
        message.again();
        ready.addFirst(message);
        backlog++;
      }
    }
    dispatch();
  }

  /** The bus is gone: nobody must wait any longer. */
  void end() {
    List<InMemoryWaiters.Waiter> left;
    synchronized (this) {
      left = waiters.clear();
    }
    left.forEach(waiter -> waiter.fail(ErrorCode.CANCELLED, "the component was closed"));
  }

  private void later(Runnable task, Duration delay) {
    try {
      var unused = timer.schedule(task, delay.toNanos(), TimeUnit.NANOSECONDS);
    } catch (RejectedExecutionException busHasEnded) {
      end();
    }
  }
}
