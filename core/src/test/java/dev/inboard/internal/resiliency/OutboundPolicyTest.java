package dev.inboard.internal.resiliency;

import static dev.inboard.internal.resiliency.Rig.failed;
import static dev.inboard.internal.resiliency.Rig.ok;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.inboard.common.ErrorCode;
import dev.inboard.common.InboardException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class OutboundPolicyTest {
  private static final int PATIENCE_SECONDS = 60;
  private static final String POLICIES =
      """
      timeouts: {quick: 20ms, patient: 10m}
      retries:
        twice: {duration: 1ms, maxRetries: 2}
        choosy: {duration: 1ms, maxRetries: 2, matching: {gRPCStatusCodes: "5,13", httpStatusCodes: "429"}}
        slow: {duration: 1h, maxRetries: -1}
        brief: {policy: exponential, initialInterval: 1ms, maxElapsedTime: 5ms}
      circuitBreakers:
        soon: {trip: consecutiveFailures > 1, timeout: 1h}
        quick: {trip: consecutiveFailures > 0, timeout: 1ms}
      bulkheads:
        one: {maxConcurrent: 1}
        queue: {maxConcurrent: 1, maxWait: 1h}
        impatient: {maxConcurrent: 1, maxWait: 1ms}
      rateLimits:
        one: {limit: 1, period: 1h}
        fast: {limit: 1, period: 1ms, maxWait: 1m}
      hedges: {soon: {delay: 1ms, maxHedges: 2}}
      """;

  private @Nullable Rig open;

  @AfterEach
  void close() {
    if (open != null) {
      open.close();
    }
  }

  private Rig rig(String outbound) {
    open = new Rig(POLICIES, outbound);
    return open;
  }

  private static String outcome(CompletableFuture<String> call) {
    try {
      return call.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      return e.getCause() instanceof InboardException failure
          ? failure.code().name()
          : String.valueOf(e.getCause());
    } catch (InterruptedException | TimeoutException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  @DisplayName("a component that no policy names is called directly")
  void nothingIsPaidWithoutAPolicy() {
    Rig rig = rig("{}");
    assertThat(rig.component.policy()).isNull();
    assertThat(rig.calls.areDirect()).isTrue();
  }

  @Test
  void aCallIsTriedAgainUntilItSucceeds() {
    Rig rig = rig("{retry: twice}");
    assertThat(outcome(rig.call(n -> n < 3 ? failed(ErrorCode.UNAVAILABLE) : ok())))
        .isEqualTo("tea");
    assertThat(rig.attempts).hasValue(3);
  }

  @Test
  @DisplayName("the last failure is told, with the number of attempts, the call and its thing")
  void theLastFailureIsTold() {
    Rig rig = rig("{retry: twice}");
    CompletableFuture<String> call = rig.call(n -> failed(ErrorCode.UNAVAILABLE));
    assertThatThrownBy(() -> call.get(PATIENCE_SECONDS, TimeUnit.SECONDS))
        .hasMessageContaining(
            "orders (state.test): save '17' failed: UNAVAILABLE: out of tea (attempt 3, the last"
                + " one)");
    assertThat(rig.attempts).hasValue(3);
  }

  @Test
  @DisplayName("what cannot succeed is not tried again")
  void hopelessFailuresAreNotTriedAgain() {
    Rig rig = rig("{retry: twice}");
    assertThat(outcome(rig.call(n -> failed(ErrorCode.ETAG_MISMATCH)))).isEqualTo("ETAG_MISMATCH");
    assertThat(rig.attempts).hasValue(1);
  }

  @Test
  @DisplayName("'matching' says what is tried again, by gRPC or HTTP status")
  void matchingDecides() {
    Rig rig = rig("{retry: choosy}");
    assertThat(outcome(rig.call(n -> failed(ErrorCode.NOT_FOUND)))).isEqualTo("NOT_FOUND");
    assertThat(rig.attempts).hasValue(3);
    assertThat(outcome(rig.call(n -> failed(ErrorCode.EXHAUSTED)))).isEqualTo("EXHAUSTED");
    assertThat(rig.attempts).hasValue(6);
    assertThat(outcome(rig.call(n -> failed(ErrorCode.UNAVAILABLE)))).isEqualTo("UNAVAILABLE");
    assertThat(rig.attempts).hasValue(7);
  }

  @Test
  @DisplayName("maxElapsedTime ends an endless retry")
  void elapsedTimeEndsRetries() {
    Rig rig = rig("{retry: brief}");
    assertThat(outcome(rig.call(n -> failed(ErrorCode.UNAVAILABLE)))).isEqualTo("UNAVAILABLE");
  }

  @Test
  @DisplayName("an attempt without an answer times out and is tried again; its late answer is lost")
  void timeoutIsTriedAgain() {
    Rig rig = rig("{timeout: quick, retry: twice}");
    CompletableFuture<String> first = new CompletableFuture<>();
    CompletableFuture<String> call = rig.call(n -> n == 1 ? first : ok());
    assertThat(outcome(call)).isEqualTo("tea");
    first.complete("cold tea");
    assertThat(outcome(call)).isEqualTo("tea");
    assertThat(rig.attempts).hasValue(2);
  }

  @Test
  @DisplayName("the time of a call says that the call may have taken effect")
  void timeoutSaysWhatIsKnown() {
    Rig rig = rig("{timeout: quick}");
    CompletableFuture<String> call = rig.call(n -> new CompletableFuture<>());
    assertThatThrownBy(() -> call.get(PATIENCE_SECONDS, TimeUnit.SECONDS))
        .hasMessageContaining(
            "save '17' failed: TIMEOUT: no answer within 20 ms, as the resiliency policy says; the"
                + " call may have taken effect");
  }

  @Test
  @DisplayName("many calls time out, each by itself, and none that was answered")
  void manyTimeouts() {
    Rig rig = rig("{timeout: quick}");
    List<CompletableFuture<String>> calls = new ArrayList<>();
    for (int i = 0; i < 1_000; i++) {
      CompletableFuture<String> answer = new CompletableFuture<>();
      calls.add(rig.call(n -> answer));
      if (i % 2 == 0) {
        answer.complete("tea");
      }
    }
    for (int i = 0; i < calls.size(); i++) {
      String outcome = outcome(calls.get(i));
      // A machine that stalls may let the time run out before the answer.
      assertThat(outcome).isIn(i % 2 == 0 ? List.of("tea", "TIMEOUT") : List.of("TIMEOUT"));
    }
  }

  @Test
  @DisplayName("an open breaker sends nothing, and ends the retries")
  void openBreakerRefuses() {
    Rig rig = rig("{retry: twice, circuitBreaker: soon}");
    assertThat(outcome(rig.call(n -> failed(ErrorCode.UNAVAILABLE)))).isEqualTo("UNAVAILABLE");
    assertThat(rig.attempts).hasValue(2); // the third found the breaker open
    CompletableFuture<String> refused = rig.call(n -> ok());
    assertThatThrownBy(() -> refused.get(PATIENCE_SECONDS, TimeUnit.SECONDS))
        .hasMessageContaining("the circuit breaker 'soon' is open")
        .hasMessageContaining("nothing was sent");
    assertThat(rig.attempts).hasValue(2);
  }

  @Test
  @DisplayName("a store that refuses a call is well: such failures open no breaker")
  void refusalsDoNotOpenTheBreaker() {
    Rig rig = rig("{circuitBreaker: soon}");
    for (int i = 0; i < 10; i++) {
      assertThat(outcome(rig.call(n -> failed(ErrorCode.ETAG_MISMATCH))))
          .isEqualTo("ETAG_MISMATCH");
    }
    assertThat(outcome(rig.call(n -> ok()))).isEqualTo("tea");
  }

  @Test
  void aBreakerClosesAgainWhenCallsSucceed() {
    Rig rig = rig("{circuitBreaker: quick}");
    assertThat(outcome(rig.call(n -> failed(ErrorCode.UNAVAILABLE)))).isEqualTo("UNAVAILABLE");
    Awaitility.await()
        .atMost(PATIENCE_SECONDS, TimeUnit.SECONDS)
        .untilAsserted(() -> assertThat(outcome(rig.call(n -> ok()))).isEqualTo("tea"));
  }

  @Test
  @DisplayName("a full bulkhead refuses, and lets the next one in when somebody leaves")
  void fullBulkheadRefuses() {
    Rig rig = rig("{bulkhead: one}");
    CompletableFuture<String> slow = new CompletableFuture<>();
    CompletableFuture<String> first = rig.call(n -> slow);
    assertThat(outcome(rig.call(n -> ok()))).isEqualTo("EXHAUSTED");
    slow.complete("tea");
    assertThat(outcome(first)).isEqualTo("tea");
    assertThat(outcome(rig.call(n -> ok()))).isEqualTo("tea");
  }

  @Test
  @DisplayName("thousands can wait in line; one at a time is under way")
  void callsWaitInLine() {
    Rig rig = rig("{bulkhead: queue}");
    CompletableFuture<String> slow = new CompletableFuture<>();
    AtomicInteger underWay = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    List<CompletableFuture<String>> calls = new ArrayList<>();
    calls.add(rig.call(n -> slow));
    for (int i = 0; i < 5_000; i++) {
      calls.add(
          rig.call(
              n -> {
                most.accumulateAndGet(underWay.incrementAndGet(), Math::max);
                underWay.decrementAndGet();
                return ok();
              }));
    }
    slow.complete("tea");
    calls.forEach(call -> assertThat(outcome(call)).isEqualTo("tea"));
    assertThat(most).hasValue(1);
  }

  @Test
  void whoWaitsTooLongInLineIsRefused() {
    Rig rig = rig("{bulkhead: impatient}");
    CompletableFuture<String> slow = new CompletableFuture<>();
    CompletableFuture<String> first = rig.call(n -> slow);
    assertThat(outcome(rig.call(n -> ok()))).isEqualTo("EXHAUSTED");
    slow.complete("tea");
    assertThat(outcome(first)).isEqualTo("tea");
  }

  @Test
  void aRateLimitRefusesWhatIsTooMuch() {
    Rig rig = rig("{rateLimit: one}");
    assertThat(outcome(rig.call(n -> ok()))).isEqualTo("tea");
    CompletableFuture<String> second = rig.call(n -> ok());
    assertThatThrownBy(() -> second.get(PATIENCE_SECONDS, TimeUnit.SECONDS))
        .hasMessageContaining("EXHAUSTED: the rate limit is reached; nothing was sent");
  }

  @Test
  void aRateLimitLetsWaitWhoMayWait() {
    Rig rig = rig("{rateLimit: fast}");
    List<CompletableFuture<String>> calls = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      calls.add(rig.call(n -> ok()));
    }
    calls.forEach(call -> assertThat(outcome(call)).isEqualTo("tea"));
  }

  @Test
  @DisplayName("a slow read is tried once more beside itself, and the first answer counts")
  void slowReadIsHedged() {
    Rig rig = rig("{hedge: soon, timeout: patient}");
    CompletableFuture<String> call = rig.call(true, n -> n == 1 ? new CompletableFuture<>() : ok());
    assertThat(outcome(call)).isEqualTo("tea");
  }

  @Test
  @DisplayName("a hedge that fails does not end the read that is still under way")
  void failedHedgeDoesNotEndTheRead() {
    Rig rig = rig("{hedge: soon}");
    CompletableFuture<String> first = new CompletableFuture<>();
    CompletableFuture<String> call =
        rig.call(true, n -> n == 1 ? first : failed(ErrorCode.UNAVAILABLE));
    Awaitility.await()
        .atMost(PATIENCE_SECONDS, TimeUnit.SECONDS)
        .untilAsserted(() -> assertThat(rig.attempts).hasValue(3));
    assertThat(call).isNotDone();
    first.complete("tea");
    assertThat(outcome(call)).isEqualTo("tea");
  }

  @Test
  @DisplayName("a write is never under way twice")
  void writesAreNotHedged() {
    Rig rig = rig("{hedge: soon, timeout: quick}");
    assertThat(outcome(rig.call(n -> new CompletableFuture<>()))).isEqualTo("TIMEOUT");
    assertThat(rig.attempts).hasValue(1);
  }

  @Test
  @DisplayName("who gives a call up ends its retries")
  void cancelledCallIsNotTriedAgain() {
    Rig rig = rig("{retry: twice}");
    CompletableFuture<String> first = new CompletableFuture<>();
    CompletableFuture<String> call = rig.call(n -> first);
    call.cancel(false);
    first.completeExceptionally(
        new InboardException(ErrorCode.UNAVAILABLE, null, "save", "out of tea"));
    assertThat(call).isCancelled();
    assertThat(outcome(rig.call(n -> ok()))).isEqualTo("tea");
    assertThat(rig.attempts).hasValue(2);
  }

  @Test
  @DisplayName("the end of the runtime ends what waits for its next attempt")
  void closeEndsWaiting() {
    Rig rig = rig("{retry: slow}");
    CompletableFuture<String> call = rig.call(n -> failed(ErrorCode.UNAVAILABLE));
    assertThat(call).isNotDone();
    rig.resiliency.close();
    assertThat(outcome(call)).isEqualTo("CANCELLED");
  }

  @Test
  @DisplayName("a driver that throws is a driver that failed")
  void throwingDriver() {
    Rig rig = rig("{retry: twice, circuitBreaker: soon}");
    assertThat(
            outcome(
                rig.call(
                    n -> {
                      throw new IllegalStateException("defect");
                    })))
        .isEqualTo("INTERNAL");
  }

  @Test
  @DisplayName("policies are replaced while calls are under way; an open breaker stays open")
  void policiesAreReplaced() {
    Rig rig = rig("{circuitBreaker: soon}");
    CompletableFuture<String> slow = new CompletableFuture<>();
    CompletableFuture<String> underWay = rig.call(n -> slow);
    for (int i = 0; i < 2; i++) {
      assertThat(outcome(rig.call(n -> failed(ErrorCode.UNAVAILABLE)))).isEqualTo("UNAVAILABLE");
    }
    rig.apply(POLICIES, "{circuitBreaker: soon, retry: twice}");
    assertThat(outcome(rig.call(n -> ok()))).isEqualTo("UNAVAILABLE");
    rig.apply(POLICIES, "{}");
    assertThat(outcome(rig.call(n -> ok()))).isEqualTo("tea");
    slow.complete("tea");
    assertThat(outcome(underWay)).isEqualTo("tea");
  }
}
