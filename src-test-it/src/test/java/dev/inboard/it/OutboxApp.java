package dev.inboard.it;

import dev.inboard.Inboard;
import dev.inboard.common.InboardException;
import dev.inboard.pubsub.Event;
import dev.inboard.pubsub.Inbox;
import dev.inboard.pubsub.Outcome;
import dev.inboard.pubsub.TopicSubscription;
import dev.inboard.resiliency.RetryPolicy;
import dev.inboard.state.SaveOptions;
import dev.inboard.state.StateChange;
import dev.inboard.state.StateEntry;
import dev.inboard.state.StateStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Counts in one store, tells of every count through an outbox and a broker, and counts what it is
 * told in another store; goes on where an earlier process was killed.
 */
final class OutboxApp {
  private static final int COUNTERS = 8;

  /** Where the process ends as a crash does, instead of being killed from outside. */
  enum Moment {
    /** The event is committed with the state, and perhaps published. */
    SAVED,
    /** The event is published, and hardly struck off the outbox yet. */
    RECEIVED,
    /** The event's effect is committed, and not acknowledged to the broker. */
    COUNTED
  }

  private static final AtomicInteger passed = new AtomicInteger();
  private static Moment moment;
  private static int last; // how often the moment passes before the crash

  /** One step of a counter. */
  record Step(int counter, int number) {}

  private OutboxApp() {}

  /**
   * Arguments: the folder of the resources; how far each counter counts; possibly a {@link Moment},
   * and how often it passes before the process ends there.
   */
  public static void main(String[] arguments) throws Exception {
    if (arguments.length > 2) {
      moment = Moment.valueOf(arguments[2]);
      last = Integer.parseInt(arguments[3]);
    }
    Path folder = Path.of(arguments[0]);
    int most = Integer.parseInt(arguments[1]);
    CompletableFuture<StateStore> ledger = new CompletableFuture<>();
    try (Inboard inboard =
        Inboard.builder()
            .appId("shop")
            .resources(folder.resolve("resources"))
            .onOpen(open -> ledger.complete(open.stateStore("ledger")))
            .subscribe(
                "bus",
                TopicSubscription.to("orders", Step.class, event -> count(ledger.join(), event))
                    .withRetry(RetryPolicy.constant(RetryPolicy.FOREVER, Duration.ofMillis(5)))
                    .withInbox(new Inbox("ledger", Duration.ofHours(1))))
            .start()) {
      System.out.println("ready");
      StateStore source = inboard.stateStore("source");
      List<Thread> producers = new ArrayList<>();
      for (int counter = 0; counter < COUNTERS; counter++) {
        int number = counter;
        Thread producer = new Thread(() -> produce(source, number, most));
        producers.add(producer);
        producer.start();
      }
      for (Thread producer : producers) {
        producer.join();
      }
      System.out.println("produced");
      while (sum(ledger.join()) < (long) COUNTERS * most) {
        Thread.sleep(50);
      }
      System.out.println("counted");
      while (!Files.exists(folder.resolve("finish"))) { // the test sees that nothing is under way
        Thread.sleep(50);
      }
      System.out.println("sum " + sum(ledger.join()));
    }
  }

  private static void produce(StateStore source, int counter, int most) {
    String key = "next-" + counter;
    while (true) {
      try {
        Optional<StateEntry<Integer>> entry = source.get(key, Integer.class);
        int number = entry.map(StateEntry::value).orElse(0);
        if (number == most) {
          return;
        }
        source.transaction(
            List.of(
                StateChange.save(key, number + 1, options(entry)),
                StateChange.event(key, new Step(counter, number))));
        crashAt(Moment.SAVED);
      } catch (InboardException e) {
        System.out.println("again: " + e.getMessage());
      }
    }
  }

  private static void crashAt(Moment here) {
    if (here == moment && passed.incrementAndGet() > last) {
      Runtime.getRuntime().halt(9);
    }
  }

  private static Outcome count(StateStore ledger, Event<Step> event) {
    crashAt(Moment.RECEIVED);
    String key = "count-" + event.data().counter();
    Optional<StateEntry<Integer>> entry = ledger.get(key, Integer.class);
    int count = entry.map(StateEntry::value).orElse(0);
    event.commit(List.of(StateChange.save(key, count + 1, options(entry))));
    crashAt(Moment.COUNTED);
    return Outcome.SUCCESS;
  }

  private static SaveOptions options(Optional<StateEntry<Integer>> entry) {
    return entry.map(known -> SaveOptions.ifMatch(known.etag())).orElse(SaveOptions.firstWrite());
  }

  private static long sum(StateStore ledger) {
    long sum = 0;
    for (int counter = 0; counter < COUNTERS; counter++) {
      sum += ledger.get("count-" + counter, Integer.class).map(StateEntry::value).orElse(0);
    }
    return sum;
  }
}
