package dev.inboard.internal.resiliency;

import static org.assertj.core.api.Assertions.assertThat;

import dev.inboard.internal.resiliency.CircuitBreaker.State;
import dev.inboard.internal.resources.Origin;
import dev.inboard.internal.resources.ResiliencyResource;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CircuitBreakerTest {
  private final AtomicLong time = new AtomicLong(Long.MAX_VALUE - 1_000_000_000); // it overflows

  private CircuitBreaker breaker(int maxRequests, Duration interval, String trip) {
    return new CircuitBreaker(
        "test",
        new ResiliencyResource.CircuitBreaker(
            maxRequests, interval, Duration.ofSeconds(10), trip, new Origin("test", 1)),
        Trip.compile(trip, new Comparisons()),
        time::get);
  }

  private void pass(Duration duration) {
    time.addAndGet(duration.toNanos());
  }

  private static void fail(CircuitBreaker breaker, int times) {
    for (int i = 0; i < times; i++) {
      breaker.failed(breaker.tryAcquire());
    }
  }

  @ParameterizedTest
  @CsvSource({
    "consecutiveFailures > 2, 3",
    "consecutiveFailures >= 2, 2",
    "' consecutiveFailures>0 ', 1",
    "consecutiveFailures >= 0, 1",
    "totalFailures > 3, 4"
  })
  void opensAfterTheFailuresThatItsTripNames(String trip, int failures) {
    CircuitBreaker breaker = breaker(1, Duration.ZERO, trip);
    fail(breaker, failures - 1);
    assertThat(breaker.state()).isEqualTo(State.CLOSED);
    fail(breaker, 1);
    assertThat(breaker.state()).isEqualTo(State.OPEN);
    assertThat(breaker.tryAcquire()).isEqualTo(CircuitBreaker.REFUSED);
    assertThat(breaker.nanosToNextProbe()).isEqualTo(Duration.ofSeconds(10).toNanos());
  }

  @Test
  @DisplayName("a success in between ends the row")
  void successEndsTheRow() {
    CircuitBreaker breaker = breaker(1, Duration.ZERO, "consecutiveFailures > 2");
    fail(breaker, 2);
    breaker.succeeded(breaker.tryAcquire());
    fail(breaker, 2);
    assertThat(breaker.state()).isEqualTo(State.CLOSED);
  }

  @Test
  @DisplayName("the counts of a closed breaker begin anew with each interval")
  void intervalClearsTheCounts() {
    CircuitBreaker breaker = breaker(1, Duration.ofSeconds(5), "consecutiveFailures > 2");
    fail(breaker, 2);
    pass(Duration.ofSeconds(5));
    fail(breaker, 2);
    assertThat(breaker.state()).isEqualTo(State.CLOSED);
    fail(breaker, 1);
    assertThat(breaker.state()).isEqualTo(State.OPEN);
  }

  @Test
  @DisplayName("half-open, it closes after as many successes in a row as it lets calls through")
  void closesAfterSuccesses() {
    CircuitBreaker breaker = breaker(2, Duration.ZERO, "consecutiveFailures > 0");
    fail(breaker, 1);
    pass(Duration.ofSeconds(10));
    assertThat(breaker.state()).isEqualTo(State.HALF_OPEN);
    breaker.succeeded(breaker.tryAcquire());
    assertThat(breaker.state()).isEqualTo(State.HALF_OPEN);
    breaker.succeeded(breaker.tryAcquire());
    assertThat(breaker.state()).isEqualTo(State.CLOSED);
  }

  @Test
  @DisplayName("half-open, one failure opens it again")
  void oneFailureReopens() {
    CircuitBreaker breaker = breaker(2, Duration.ZERO, "consecutiveFailures > 5");
    fail(breaker, 6);
    pass(Duration.ofSeconds(10));
    fail(breaker, 1);
    assertThat(breaker.state()).isEqualTo(State.OPEN);
  }

  @Test
  @DisplayName("what began before the breaker changed its state does not count")
  void lateOutcomesDoNotCount() {
    CircuitBreaker breaker = breaker(1, Duration.ZERO, "consecutiveFailures > 0");
    long slow = breaker.tryAcquire();
    fail(breaker, 1);
    pass(Duration.ofSeconds(10));
    assertThat(breaker.state()).isEqualTo(State.HALF_OPEN);
    breaker.failed(slow);
    breaker.succeeded(slow);
    assertThat(breaker.state()).isEqualTo(State.HALF_OPEN);
    assertThat(breaker.tryAcquire()).isNotEqualTo(CircuitBreaker.REFUSED);
  }

  @Test
  @DisplayName("a probe that hangs does not keep the breaker shut for ever")
  void hangingProbeIsReplaced() {
    CircuitBreaker breaker = breaker(1, Duration.ZERO, "consecutiveFailures > 0");
    fail(breaker, 1);
    pass(Duration.ofSeconds(10));
    long hanging = breaker.tryAcquire();
    assertThat(breaker.tryAcquire()).isEqualTo(CircuitBreaker.REFUSED);
    pass(Duration.ofSeconds(10));
    long next = breaker.tryAcquire();
    assertThat(next).isNotEqualTo(CircuitBreaker.REFUSED).isNotEqualTo(hanging);
    breaker.succeeded(next);
    assertThat(breaker.state()).isEqualTo(State.CLOSED);
  }

  @Test
  @DisplayName("a call that says nothing about the other side gives its place back")
  void forgottenCallsDoNotCount() {
    CircuitBreaker breaker = breaker(1, Duration.ZERO, "consecutiveFailures > 0");
    fail(breaker, 1);
    pass(Duration.ofSeconds(10));
    breaker.forgotten(breaker.tryAcquire());
    assertThat(breaker.tryAcquire()).isNotEqualTo(CircuitBreaker.REFUSED);
  }

  @Test
  @DisplayName("of a storm on a half-open breaker, exactly the permitted calls get through")
  void halfOpenStorm() throws InterruptedException {
    CircuitBreaker breaker = breaker(3, Duration.ZERO, "consecutiveFailures > 0");
    fail(breaker, 1);
    pass(Duration.ofSeconds(10));
    AtomicInteger through = new AtomicInteger();
    CountDownLatch go = new CountDownLatch(1);
    ExecutorService threads = Executors.newFixedThreadPool(16);
    for (int i = 0; i < 200; i++) {
      threads.execute(
          () -> {
            try {
              go.await();
            } catch (InterruptedException e) {
              Thread.currentThread().interrupt();
            }
            if (breaker.tryAcquire() != CircuitBreaker.REFUSED) {
              through.incrementAndGet();
            }
          });
    }
    go.countDown();
    threads.shutdown();
    assertThat(threads.awaitTermination(60, TimeUnit.SECONDS)).isTrue();
    assertThat(through).hasValue(3);
  }

  @Test
  @DisplayName("a trip that cannot be evaluated does not open the breaker")
  void brokenTripDoesNotOpen() {
    CircuitBreaker breaker = breaker(1, Duration.ZERO, "broken");
    fail(breaker, 100);
    assertThat(breaker.state()).isEqualTo(State.CLOSED);
  }
}
