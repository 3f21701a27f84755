package dev.inboard.internal.pubsub;

import static dev.inboard.internal.pubsub.Station.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import dev.inboard.common.ErrorCode;
import dev.inboard.common.InboardException;
import dev.inboard.internal.resiliency.InboundFiles;
import dev.inboard.internal.resiliency.InboundRules;
import dev.inboard.pubsub.BulkHandler;
import dev.inboard.pubsub.BulkOutcome;
import dev.inboard.pubsub.EventHandler;
import dev.inboard.pubsub.MessageHandler;
import dev.inboard.pubsub.Outcome;
import dev.inboard.pubsub.TopicSubscription;
import dev.inboard.spi.pubsub.Settlement;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What resource files say about handlers. */
class InboundPolicyTest {
  private static final String POLICIES =
      """
      timeouts: {quick: 10ms}
      retries:
        once: {duration: 1ms, maxRetries: 1}
        often: {duration: 1ms, maxRetries: 1000}
        choosy: {duration: 1ms, maxRetries: 5, matching: {gRPCStatusCodes: "14"}}
      circuitBreakers:
        brief: {trip: consecutiveFailures > 1, timeout: 20ms}
        endless: {trip: consecutiveFailures > 1, timeout: 24h}
      bulkheads: {one: {maxConcurrent: 1}}
      rateLimits: {fast: {limit: 1, period: 1ms}}
      """;

  private final Station station = Station.open();
  private final AtomicInteger calls = new AtomicInteger();
  private final List<String> handled = new CopyOnWriteArrayList<>();

  @AfterEach
  void close() {
    station.close();
  }

  private void files(String inbound) {
    station.rules = rules(inbound);
  }

  private static InboundRules rules(String inbound) {
    return InboundFiles.rules(POLICIES, inbound);
  }

  private void publish(int from, int to) {
    for (int i = from; i < to; i++) {
      station.bus.publish("orders", "" + i);
    }
  }

  private MessageHandler<String> handler(AtomicBoolean works) {
    return event -> {
      calls.incrementAndGet();
      if (!works.get()) {
        throw new IllegalStateException("out of tea");
      }
      handled.add(event.data());
      return Outcome.SUCCESS;
    };
  }

  private static TopicSubscription orders(MessageHandler<String> handler) {
    return TopicSubscription.to("orders", String.class, handler).withDeadLetterTopic("dead");
  }

  @Test
  @DisplayName("the retry policy of a file counts, unless the subscription has its own")
  void filesSayHowOftenAMessageIsTried() {
    files("{retry: once}");
    station.subscribe(orders(handler(new AtomicBoolean())));
    publish(0, 1);
    eventually(() -> assertThat(station.tap.settlements).containsExactly(Settlement.ACKNOWLEDGE));
    assertThat(calls).hasValue(2);
  }

  @Test
  void subscriptionsHaveTheSay() {
    files("{retry: once}");
    station.subscribe(orders(handler(new AtomicBoolean())).withRetry(Station.TWICE));
    publish(0, 1);
    eventually(() -> assertThat(station.tap.settlements).containsExactly(Settlement.ACKNOWLEDGE));
    assertThat(calls).hasValue(3);
  }

  @Test
  @DisplayName("a failure whose code 'matching' does not name is a dead letter at once")
  void matchingCountsForHandlersToo() {
    files("{retry: choosy}");
    station.subscribe(
        orders(
            event -> {
              calls.incrementAndGet();
              throw new InboardException(
                  event.data().equals("0") ? ErrorCode.NOT_FOUND : ErrorCode.UNAVAILABLE,
                  null,
                  "get",
                  "out of tea");
            }));
    publish(0, 1);
    eventually(() -> assertThat(station.tap.settlements).hasSize(1));
    assertThat(calls).hasValue(1);
    publish(1, 2);
    eventually(() -> assertThat(station.tap.settlements).hasSize(2));
    assertThat(calls).hasValue(7);
  }

  @Test
  @DisplayName("a handler is interrupted after its time; one that is done all the same has done it")
  void handlerThatSucceedsAfterItsTimeout() {
    files("{timeout: quick, retry: once}");
    station.subscribe(
        orders(
            event -> {
              calls.incrementAndGet();
              try {
                new CountDownLatch(1).await();
              } catch (InterruptedException e) {
                handled.add(event.data());
              }
              return Outcome.SUCCESS;
            }));
    publish(0, 1);
    eventually(() -> assertThat(handled).containsExactly("0"));
    eventually(() -> assertThat(station.tap.settlements).containsExactly(Settlement.ACKNOWLEDGE));
    assertThat(calls).hasValue(1);
  }

  @Test
  @DisplayName("an open breaker pauses the intake: nothing fails, nothing is lost, nothing spins")
  void openBreakerPauses() {
    files("{retry: often, circuitBreaker: endless}");
    AtomicBoolean works = new AtomicBoolean();
    station.subscribe(orders(handler(works)).withConcurrency(1));
    publish(0, 100);
    eventually(() -> assertThat(station.tap.isPaused()).isTrue());
    assertThat(calls).hasValue(2);
    assertThat(station.tap.settlements).isEmpty();
    works.set(true);
    files("{retry: often}"); // the breaker is taken away
    publish(100, 101); // and the next message, or the timer, notices
    var unused = station.bus.stop();
    assertThat(station.tap.settlements).doesNotContain((Settlement) null);
  }

  @Test
  @DisplayName("when the breaker closes, everything that waited is handled, once each")
  void closedBreakerGoesOn() {
    files("{retry: often, circuitBreaker: brief}");
    AtomicBoolean works = new AtomicBoolean();
    station.subscribe(orders(handler(works)));
    publish(0, 500);
    eventually(() -> assertThat(station.tap.isPaused()).isTrue());
    works.set(true);
    eventually(() -> assertThat(handled).hasSize(500));
    assertThat(handled).doesNotHaveDuplicates();
    eventually(
        () ->
            assertThat(station.tap.settlements).hasSize(500).containsOnly(Settlement.ACKNOWLEDGE));
    eventually(() -> assertThat(station.tap.isPaused()).isFalse());
  }

  @Test
  @DisplayName("what waits for an open breaker goes back to the broker when the subscription ends")
  void waitingMessagesGoBack() {
    files("{retry: often, circuitBreaker: endless}");
    var subscription = station.subscribe(orders(handler(new AtomicBoolean())).withConcurrency(4));
    publish(0, 10);
    eventually(() -> assertThat(station.tap.isPaused()).isTrue());
    subscription.close();
    assertThat(station.tap.settlements).isNotEmpty().containsOnly(Settlement.REDELIVER);
  }

  @Test
  @DisplayName("the application's pause and the breaker's do not undo each other")
  void pausesAddUp() {
    files("{retry: often, circuitBreaker: brief}");
    AtomicBoolean works = new AtomicBoolean();
    var subscription = station.subscribe(orders(handler(works)));
    publish(0, 10);
    eventually(() -> assertThat(station.tap.isPaused()).isTrue());
    assertThat(subscription.isPaused()).isFalse();
    subscription.pause();
    works.set(true);
    eventually(() -> assertThat(handled).isNotEmpty());
    assertThat(station.tap.isPaused()).isTrue();
    subscription.resume();
    eventually(() -> assertThat(handled).hasSize(10));
  }

  @Test
  void bulkheadsLimitTheHandlersAtWork() {
    files("{bulkhead: one}");
    AtomicInteger atWork = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    station.subscribe(
        orders(
            event -> {
              most.accumulateAndGet(atWork.incrementAndGet(), Math::max);
              handled.add(event.data());
              atWork.decrementAndGet();
              return Outcome.SUCCESS;
            }));
    publish(0, 300);
    eventually(() -> assertThat(handled).hasSize(300));
    assertThat(most).hasValue(1);
  }

  @Test
  void rateLimitsDelayButLoseNothing() {
    files("{rateLimit: fast}");
    station.subscribe(orders(handler(new AtomicBoolean(true))));
    publish(0, 100);
    eventually(() -> assertThat(handled).hasSize(100));
    assertThat(handled).doesNotHaveDuplicates();
  }

  @Test
  @DisplayName("batches open the breaker too, and wait for it")
  void batchesWaitForTheBreaker() {
    files("{retry: often, circuitBreaker: brief}");
    AtomicBoolean works = new AtomicBoolean();
    BulkHandler<String> bulk =
        events -> {
          calls.incrementAndGet();
          if (!works.get()) {
            return BulkOutcome.of(Outcome.RETRY);
          }
          events.forEach(event -> handled.add(event.data()));
          return BulkOutcome.of(Outcome.SUCCESS);
        };
    station.subscribe(
        TopicSubscription.to("orders", EventHandler.bulk(String.class, bulk))
            .withBatches(10, java.time.Duration.ofMillis(1)));
    publish(0, 100);
    eventually(() -> assertThat(station.tap.isPaused()).isTrue());
    works.set(true);
    eventually(() -> assertThat(handled).hasSize(100));
  }
}
