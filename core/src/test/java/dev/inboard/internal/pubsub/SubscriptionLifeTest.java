package dev.inboard.internal.pubsub;

import static dev.inboard.internal.pubsub.Station.await;
import static dev.inboard.internal.pubsub.Station.eventually;
import static dev.inboard.internal.pubsub.Station.orders;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.inboard.common.InboardException;
import dev.inboard.pubsub.Outcome;
import dev.inboard.pubsub.PublishOptions;
import dev.inboard.pubsub.Subscription;
import dev.inboard.pubsub.TopicSubscription;
import dev.inboard.resiliency.RetryPolicy;
import dev.inboard.spi.Feature;
import dev.inboard.spi.pubsub.Settlement;
import dev.inboard.spi.pubsub.SubscriptionSpec;
import dev.inboard.spi.pubsub.SubscriptionSpec.Order;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** From subscribing to the end: limits, pauses, another driver, closing. */
class SubscriptionLifeTest {
  private final Station station = Station.open();

  @AfterEach
  void close() {
    station.close();
  }

  private void publishMany(int count) {
    for (int n = 0; n < count; n++) {
      station.bus.publish("orders", "m-" + n, PublishOptions.RAW);
    }
  }

  @Test
  @DisplayName(
      "the driver is asked for as many messages as may be handled at one time, in the order of their keys")
  void driverIsAskedForConcurrency() {
    station.subscribe(TopicSubscription.to("orders", String.class, Station.ignoring()));
    station.subscribe(
        TopicSubscription.to("returns", String.class, Station.ignoring())
            .withConcurrency(3)
            .withMetadata(Map.of("queueName", "q")));
    assertThat(station.tap.subscribed)
        .containsExactly(
            new SubscriptionSpec("orders", 16, Order.BY_KEY, Map.of()),
            new SubscriptionSpec("returns", 3, Order.BY_KEY, Map.of("queueName", "q")));
  }

  @Test
  @DisplayName(
      "never do more handlers run at one time than the subscription allows, and that many do")
  void concurrencyIsKept() throws Exception {
    AtomicInteger running = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    Semaphore go = new Semaphore(0);
    station.subscribe(
        TopicSubscription.to(
                "orders",
                String.class,
                event -> {
                  most.accumulateAndGet(running.incrementAndGet(), Math::max);
                  go.acquire();
                  running.decrementAndGet();
                  return Outcome.SUCCESS;
                })
            .withConcurrency(3));
    publishMany(20);
    eventually(() -> assertThat(running).hasValue(3));
    go.release(20);
    eventually(() -> assertThat(station.tap.settlements).hasSize(20));
    assertThat(most).hasValue(3);
  }

  @Test
  @DisplayName("a forbidden topic, and a forbidden dead letter topic, are refused")
  void forbiddenTopicsAreRefused() {
    try (Station scoped =
        Station.open(
            Map.of("subscriptionScopes", "shop=orders", "publishingScopes", "shop=orders"))) {
      assertThatThrownBy(() -> scoped.collect("returns"))
          .isInstanceOf(InboardException.class)
          .hasMessageContaining("PERMISSION_DENIED")
          .hasMessageContaining("subscribe to 'returns'");
      assertThatThrownBy(
              () ->
                  scoped.subscribe(
                      TopicSubscription.to("orders", String.class, Station.ignoring())
                          .withDeadLetterTopic("dead")))
          .isInstanceOf(InboardException.class)
          .hasMessageContaining("publish to 'dead'");
    }
  }

  @Test
  @DisplayName("a subscription without any handler is refused")
  void subscriptionNeedsAHandler() {
    assertThatThrownBy(() -> station.subscribe(TopicSubscription.to("orders")))
        .isInstanceOf(InboardException.class)
        .hasMessageContaining("no handler");
  }

  @Test
  @DisplayName("a paused subscription takes nothing until it is resumed")
  void pauseAndResume() {
    Received received = new Received();
    Subscription subscription =
        station.subscribe(TopicSubscription.to("orders", byte[].class, received::add));
    subscription.pause();
    assertThat(subscription.isPaused()).isTrue();
    publishMany(3);
    eventually(() -> assertThat(subscription.lag()).hasValue(3));
    assertThat(received.count()).isZero();
    subscription.resume();
    eventually(() -> assertThat(received.count()).isEqualTo(3));
    assertThat(subscription.isPaused()).isFalse();
    assertThat(subscription.lag()).hasValue(0);
  }

  @Test
  @DisplayName(
      "closing a subscription waits for its handlers, and hands back what waits to be tried again")
  void closeWaitsForHandlers() throws Exception {
    CountDownLatch started = new CountDownLatch(1);
    CountDownLatch release = new CountDownLatch(1);
    CountDownLatch failedOnce = new CountDownLatch(1);
    Subscription subscription =
        station.subscribe(
            TopicSubscription.to(
                    "orders",
                    String.class,
                    event -> {
                      if (event.data().equals("m-0")) {
                        failedOnce.countDown();
                        return Outcome.RETRY;
                      }
                      started.countDown();
                      release.await();
                      return Outcome.SUCCESS;
                    })
                .withRetry(RetryPolicy.constant(3, Duration.ofHours(1)))
                .withDeadLetterTopic("dead"));
    publishMany(2);
    started.await();
    failedOnce.await();
    CompletableFuture<Void> closing = CompletableFuture.runAsync(subscription::close);
    eventually(() -> assertThat(station.tap.settlements).containsExactly(Settlement.REDELIVER));
    assertThat(closing).isNotDone();
    release.countDown();
    closing.get(30, TimeUnit.SECONDS);
    assertThat(station.tap.settlements)
        .containsExactly(Settlement.REDELIVER, Settlement.ACKNOWLEDGE);
    assertThat(station.tap.published).hasSize(2); // no dead letter
    subscription.close();

    Received next = station.collect("orders");
    eventually(() -> assertThat(next.texts()).containsExactly("m-0"));
  }

  @Test
  @DisplayName(
      "a message that fails while the runtime closes goes back to the broker and becomes no dead letter")
  void shutdownNeverDeadLetters() throws Exception {
    CountDownLatch started = new CountDownLatch(1);
    CountDownLatch release = new CountDownLatch(1);
    station.subscribe(
        TopicSubscription.to(
                "orders",
                String.class,
                event -> {
                  started.countDown();
                  release.await();
                  throw new IllegalStateException("the database is closed");
                })
            .withRetry(RetryPolicy.NONE)
            .withDeadLetterTopic("dead"));
    publishMany(1);
    started.await();
    CompletableFuture<Void> stopped = station.bus.stop();
    release.countDown();
    await(stopped);
    assertThat(station.tap.settlements).containsExactly(Settlement.REDELIVER);
    assertThat(station.tap.published).hasSize(1);
  }

  @Test
  @DisplayName(
      "handlers that outlast the drain time are interrupted, and their messages go back to the broker")
  void abortInterruptsHandlers() throws Exception {
    CountDownLatch started = new CountDownLatch(1);
    station.subscribe(
        orders(
            String.class,
            event -> {
              started.countDown();
              new CountDownLatch(1).await();
              return Outcome.SUCCESS;
            }));
    publishMany(1);
    started.await();
    CompletableFuture<Void> stopped = station.bus.stop();
    assertThat(stopped).isNotDone();
    station.bus.abort();
    await(stopped);
    assertThat(station.tap.settlements).containsExactly(Settlement.REDELIVER);
  }

  @Test
  @DisplayName(
      "after the runtime began to close, nothing can be subscribed to, but handlers can still publish")
  void nothingIsSubscribedAfterStop() {
    await(station.bus.stop());
    assertThatThrownBy(() -> station.collect("orders"))
        .isInstanceOf(InboardException.class)
        .hasMessageContaining("CANCELLED");
    station.bus.publish("orders", "a");
  }

  @Test
  @DisplayName("a handler can close its own subscription")
  void handlerClosesItsOwnSubscription() {
    AtomicReference<Subscription> own = new AtomicReference<>();
    CountDownLatch known = new CountDownLatch(1);
    AtomicInteger calls = new AtomicInteger();
    own.set(
        station.subscribe(
            TopicSubscription.to(
                    "orders",
                    String.class,
                    event -> {
                      known.await();
                      calls.incrementAndGet();
                      own.get().close();
                      return Outcome.SUCCESS;
                    })
                .withConcurrency(1)));
    known.countDown();
    publishMany(3);
    eventually(() -> assertThat(station.tap.settlements).containsExactly(Settlement.ACKNOWLEDGE));
    assertThat(calls).hasValue(1);
  }

  @Test
  @DisplayName("subscriptions move to the driver that replaces theirs; nothing is lost on the way")
  void subscriptionsMoveToTheNewDriver() {
    List<String> handled = new CopyOnWriteArrayList<>();
    Subscription subscription =
        station.subscribe(
            TopicSubscription.to(
                "orders",
                String.class,
                event -> {
                  handled.add(event.data());
                  return Outcome.SUCCESS;
                }));
    publishMany(50);
    Tap next = station.newDriver(Set.of(Feature.ORDER_PER_KEY));
    station.component.swap(next);
    await(station.bus.driverReplaced());
    publishMany(50);
    eventually(() -> assertThat(handled).hasSize(100));
    station.tap.close();
    publishMany(50);
    eventually(() -> assertThat(handled).hasSize(150));
    subscription.close();
    assertThat(next.subscribed).hasSize(1);
  }

  @Test
  @DisplayName("asynchronous subscribing works, and reports through the future")
  void subscribingAsynchronously() {
    Received received = new Received();
    Subscription subscription =
        await(
            station
                .bus
                .async()
                .subscribe(TopicSubscription.to("orders", byte[].class, received::add)));
    assertThat(subscription.topic()).isEqualTo("orders");
    publishMany(1);
    eventually(() -> assertThat(received.count()).isEqualTo(1));
    assertThatThrownBy(() -> station.bus.async().subscribe(TopicSubscription.to("orders")).get())
        .hasCauseInstanceOf(InboardException.class);
  }

  @Test
  @DisplayName(
      "under many threads and failures, everything that is published is handled, in the order of its key")
  void everythingPublishedIsHandled() throws Exception {
    Map<String, List<Integer>> handled = new java.util.concurrent.ConcurrentHashMap<>();
    AtomicInteger calls = new AtomicInteger();
    station.subscribe(
        orders(
                String.class,
                event -> {
                  if (calls.incrementAndGet() % 7 == 0) {
                    throw new IllegalStateException("now and then");
                  }
                  String[] parts = event.data().split("-");
                  handled
                      .computeIfAbsent(parts[0], key -> new CopyOnWriteArrayList<>())
                      .add(Integer.parseInt(parts[1]));
                  return Outcome.SUCCESS;
                })
            .withRetry(RetryPolicy.constant(1, Duration.ZERO)));
    int perKey = 300;
    List<CompletableFuture<Void>> publishers = new java.util.ArrayList<>();
    for (int key = 0; key < 8; key++) {
      String name = "k" + key;
      publishers.add(
          CompletableFuture.runAsync(
              () -> {
                for (int n = 0; n < perKey; n++) {
                  station.bus.publish(
                      "orders", name + "-" + n, PublishOptions.DEFAULT.withKey(name));
                }
              }));
    }
    publishers.forEach(Station::await);
    eventually(
        () ->
            assertThat(handled.values().stream().mapToInt(List::size).sum()).isEqualTo(8 * perKey));
    assertThat(handled.values())
        .allSatisfy(numbers -> assertThat(numbers).isSorted().hasSize(perKey));
  }
}
