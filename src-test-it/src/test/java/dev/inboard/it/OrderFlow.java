package dev.inboard.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.inboard.Inboard;
import dev.inboard.InboardBuilder;
import dev.inboard.common.ErrorCode;
import dev.inboard.common.InboardException;
import dev.inboard.pubsub.DeadLetter;
import dev.inboard.pubsub.Event;
import dev.inboard.pubsub.Outcome;
import dev.inboard.pubsub.PublishOptions;
import dev.inboard.pubsub.TopicSubscription;
import dev.inboard.resiliency.RetryPolicy;
import dev.inboard.state.SaveOptions;
import dev.inboard.state.StateChange;
import dev.inboard.state.StateEntry;
import dev.inboard.state.StateStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * One application, the same code on every folder of resources: orders travel over a topic, their
 * handlers keep a list for each customer in the state store under ETags, what cannot be handled
 * becomes a dead letter. Addresses and passwords come from the secret store.
 *
 * <p>Subclasses name a folder below {@code swap} and start its servers.
 */
abstract class OrderFlow {
  private static final Duration LONG = Duration.ofMinutes(2);
  private static final int CUSTOMERS = 8;
  private static final int ORDERS_EACH = 25;

  private static final String BREAKER =
      """
      apiVersion: dapr.io/v1alpha1
      kind: Resiliency
      metadata: {name: breaker}
      spec:
        policies:
          circuitBreakers:
            careful: {maxRequests: 1, timeout: 1s, trip: consecutiveFailures > 2}
        targets:
          components:
            bus:
              inbound: {circuitBreaker: careful}
      """;

  private final String run = UUID.randomUUID().toString();
  private final String topic = "orders-" + run;
  private final String deadTopic = "orders-dead-" + run;
  private final AtomicInteger handled = new AtomicInteger();
  private final Queue<DeadLetter> deadLetters = new ConcurrentLinkedQueue<>();

  @TempDir Path data;

  record Order(String id, String customer, int quantity) {}

  record Customer(List<String> orders) {}

  /** Returns the name of the folder. */
  abstract String folder();

  /** Returns the secrets that the files of the folder ask for. */
  abstract Map<String, String> secrets();

  /** Says whether the broker keeps the order of messages with one key. */
  abstract boolean keepsOrderPerKey();

  @Test
  @DisplayName(
      "every order is handled once, poison becomes a dead letter, and a restart repeats nothing")
  void ordersFlow() throws Exception {
    try (Inboard inboard = start()) {
      publishAll(inboard);
      StateStore shop = inboard.stateStore("shop");
      await().atMost(LONG).untilAsserted(() -> assertAllHandled(shop));
      await().atMost(LONG).until(() -> deadLetters.size() == 1);
      assertThat(deadLetters.peek().reason()).isEqualTo(DeadLetter.Reason.FAILED);
      assertThat(inboard.secretStore("secrets").get("greeting").value("greeting"))
          .isEqualTo("hello");
      assertThat(inboard.health().ready()).isTrue();
      closeTheBooks(shop);
    }

    handled.set(0);
    try (Inboard inboard = start()) {
      StateStore shop = inboard.stateStore("shop");
      assertThat(shop.get("total", Integer.class).orElseThrow().value())
          .isEqualTo(CUSTOMERS * ORDERS_EACH);
      inboard.pubSub("bus").publish(topic, new Order("last", "late", 1));
      await().atMost(LONG).until(() -> shop.get("customer-late", Customer.class).isPresent());
    }
    assertThat(handled).as("orders handled after the restart").hasValue(1);
    assertThat(deadLetters).hasSize(1);
  }

  @Test
  @DisplayName(
      "an open breaker holds messages back: few attempts, and every one handled afterwards")
  void openBreakerPausesTheIntake() throws Exception {
    Files.writeString(data.resolve("breaker.yaml"), BREAKER);
    AtomicBoolean down = new AtomicBoolean(true);
    AtomicInteger attempts = new AtomicInteger();
    Set<String> done = ConcurrentHashMap.newKeySet();
    TopicSubscription subscription =
        TopicSubscription.to(
                topic,
                Order.class,
                event -> {
                  attempts.incrementAndGet();
                  if (down.get()) {
                    throw new IllegalStateException("what the handler needs is down");
                  }
                  done.add(event.data().id());
                  return Outcome.SUCCESS;
                })
            .withConcurrency(4);
    try (Inboard inboard =
        builder().resources(data.resolve("breaker.yaml")).subscribe("bus", subscription).start()) {
      long start = System.nanoTime();
      publishAll(inboard);
      await().atMost(LONG).until(() -> attempts.get() > 2);
      await().pollDelay(Duration.ofSeconds(5)).until(() -> true); // the outage itself
      assertThat(attempts.get())
          .as("attempts, of which one a second is let through")
          .isLessThan(20 + (int) TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - start));
      assertThat(done).isEmpty();
      down.set(false);
      await().atMost(LONG).until(() -> done.size() == CUSTOMERS * ORDERS_EACH + 1);
    }
  }

  private InboardBuilder builder() throws IOException {
    Map<String, String> all = new HashMap<>(secrets());
    all.put("greeting", "hello");
    Files.write(data.resolve("secrets.json"), new ObjectMapper().writeValueAsBytes(all));
    return Inboard.builder()
        .appId("shop-" + run)
        .resources(Path.of("src/test/resources/swap", folder()))
        .dataFolder(data);
  }

  private Inboard start() throws IOException {
    AtomicInteger self = handled;
    Inboard[] runtime = new Inboard[1];
    CompletableFuture<Inboard> started = new CompletableFuture<>();
    runtime[0] =
        builder()
            .subscribe(
                "bus",
                TopicSubscription.to(
                        topic, Order.class, event -> handle(started.join(), self, event))
                    .withRetry(RetryPolicy.constant(30, Duration.ofMillis(5)))
                    .withDeadLetterTopic(deadTopic))
            .subscribe(
                "bus",
                TopicSubscription.to(
                    deadTopic,
                    byte[].class,
                    event -> {
                      deadLetters.add(DeadLetter.of(event).orElseThrow());
                      return Outcome.SUCCESS;
                    }))
            .start();
    started.complete(runtime[0]);
    return runtime[0];
  }

  private static Outcome handle(Inboard inboard, AtomicInteger handled, Event<Order> event) {
    Order order = event.data();
    if (order.quantity() < 1) {
      throw new IllegalArgumentException("the quantity is not positive");
    }
    StateStore shop = inboard.stateStore("shop");
    String key = "customer-" + order.customer();
    StateEntry<Customer> entry = shop.get(key, Customer.class).orElse(null);
    List<String> orders = new ArrayList<>(entry == null ? List.of() : entry.value().orders());
    if (orders.contains(order.id())) {
      return Outcome.SUCCESS; // delivered twice, which a broker may do
    }
    orders.add(order.id());
    try {
      shop.save(
          key,
          new Customer(orders),
          entry == null ? SaveOptions.firstWrite() : SaveOptions.ifMatch(entry.etag()));
    } catch (InboardException e) {
      if (e.code() == ErrorCode.ETAG_MISMATCH) {
        return Outcome.RETRY;
      }
      throw e;
    }
    handled.incrementAndGet();
    return Outcome.SUCCESS;
  }

  private void publishAll(Inboard inboard) {
    CompletableFuture<?>[] publishers =
        IntStream.range(0, CUSTOMERS)
            .mapToObj(n -> CompletableFuture.runAsync(() -> publishOrdersOf("c" + n, inboard)))
            .toArray(CompletableFuture[]::new);
    inboard.pubSub("bus").publish(topic, new Order("poison", "c0", 0));
    CompletableFuture.allOf(publishers).join();
  }

  private void publishOrdersOf(String customer, Inboard inboard) {
    for (String id : orderIds(customer)) {
      inboard
          .pubSub("bus")
          .publish(topic, new Order(id, customer, 1), PublishOptions.DEFAULT.withKey(customer));
    }
  }

  private static List<String> orderIds(String customer) {
    return IntStream.range(0, ORDERS_EACH).mapToObj(n -> customer + "-" + n).toList();
  }

  private void assertAllHandled(StateStore shop) {
    for (int n = 0; n < CUSTOMERS; n++) {
      List<String> orders =
          shop.get("customer-c" + n, Customer.class)
              .map(entry -> entry.value().orders())
              .orElse(List.of());
      if (keepsOrderPerKey()) {
        assertThat(orders).containsExactlyElementsOf(orderIds("c" + n));
      } else {
        assertThat(orders).containsExactlyInAnyOrderElementsOf(orderIds("c" + n));
      }
    }
  }

  /** Adds all up and deletes what was counted, all at once. */
  private static void closeTheBooks(StateStore shop) {
    List<StateChange> changes = new ArrayList<>();
    int total = 0;
    try (Stream<String> keys = shop.keys("customer-")) {
      for (String key : keys.toList()) {
        StateEntry<Customer> entry = shop.get(key, Customer.class).orElseThrow();
        total += entry.value().orders().size();
        changes.add(StateChange.delete(key, entry.etag()));
      }
    }
    changes.add(StateChange.save("total", total));
    shop.transaction(changes);
    assertThat(shop.get("customer-c0", Customer.class)).isEmpty();
  }
}
