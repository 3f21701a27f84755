package dev.inboard.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.inboard.Inboard;
import dev.inboard.InboardBuilder;
import dev.inboard.lock.HeldLock;
import dev.inboard.lock.LockOptions;
import dev.inboard.lock.LockStore;
import dev.inboard.pubsub.Event;
import dev.inboard.pubsub.Outcome;
import dev.inboard.pubsub.PubSub;
import dev.inboard.state.StateStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

/**
 * Callers of the components {@code state}, {@code pubsub}, {@code lock} and of the workflows:
 * together 1,000 calls a second, or what the machine can do.
 */
final class Traffic {
  private static final Duration LONG = Duration.ofMinutes(2);
  private static final long NANOS_BETWEEN_ROUNDS = TimeUnit.MILLISECONDS.toNanos(12);

  private final AtomicLong calls = new AtomicLong();
  private final AtomicLong numbers = new AtomicLong();
  private final Queue<Throwable> failures = new ConcurrentLinkedQueue<>();
  private final Set<Long> published = ConcurrentHashMap.newKeySet();
  private final Set<Long> received = ConcurrentHashMap.newKeySet();
  private final List<Thread> callers = new ArrayList<>();
  private volatile boolean ending; // set once

  private Outcome received(Event<Long> event) {
    received.add(event.data());
    return Outcome.SUCCESS;
  }

  /** Adds what the callers need to an application. */
  InboardBuilder addTo(InboardBuilder builder) {
    return builder
        .subscribe("pubsub", "numbers", Long.class, this::received)
        .workflow(
            "successor",
            Long.class,
            (context, n) -> context.call("increment", n, Long.class).await())
        .activity("increment", Long.class, (context, n) -> n + 1);
  }

  /** Starts two callers, of six calls in each round, and one that runs workflows. */
  void begin(Inboard inboard) {
    start("caller-of-workflows", name -> runWorkflows(inboard));
    for (int i = 0; i < 2; i++) {
      start("caller-" + i, name -> call(inboard, name));
    }
  }

  private void start(String name, Consumer<String> work) {
    Thread caller = new Thread(() -> work.accept(name), name);
    callers.add(caller);
    caller.start();
  }

  private void runWorkflows(Inboard inboard) {
    for (long round = 0; !ending; round++) {
      long n = round;
      attempt(
          () ->
              assertThat(inboard.workflows().start("successor", n).await(Long.class, LONG))
                  .isEqualTo(n + 1));
    }
  }

  private void call(Inboard inboard, String name) {
    StateStore store = inboard.stateStore("state");
    PubSub pubSub = inboard.pubSub("pubsub");
    LockStore locks = inboard.lock("lock");
    long next = System.nanoTime();
    for (long round = 0; !ending; round++) {
      long value = round;
      attempt(() -> store.save(name, value));
      attempt(
          () ->
              assertThat(store.get(name, Long.class).orElseThrow().value())
                  .as("what was saved")
                  .isEqualTo(value));
      attempt(() -> store.async().get(name, Long.class).join());
      long number = numbers.incrementAndGet();
      if (attempt(() -> pubSub.publish("numbers", number))) {
        published.add(number);
      }
      attempt(
          () -> {
            HeldLock lock =
                locks.tryLock(name, LockOptions.lease(Duration.ofSeconds(30))).orElseThrow();
            calls.incrementAndGet();
            assertThat(lock.unlock()).as("still held").isTrue();
          });
      next += NANOS_BETWEEN_ROUNDS;
      LockSupport.parkNanos(next - System.nanoTime());
    }
  }

  private boolean attempt(Runnable call) {
    try {
      call.run();
      calls.incrementAndGet();
      return true;
    } catch (RuntimeException | Error e) {
      failures.add(e);
      return false;
    }
  }

  /** Waits until as many more calls are done. */
  void awaitCalls(long more) {
    long end = calls.get() + more;
    await("calls").atMost(LONG).until(() -> calls.get() >= end || !failures.isEmpty());
    assertThat(failures).isEmpty();
  }

  void endAndAssertNothingFailed() throws InterruptedException {
    ending = true;
    for (Thread caller : callers) {
      caller.join();
    }
    assertThat(failures).as("failures of %d calls", calls.get()).isEmpty();
    await("every message").atMost(LONG).until(() -> received.containsAll(published));
  }
}
