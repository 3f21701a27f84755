package dev.inboard.spi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.inboard.common.ErrorCode;
import dev.inboard.common.InboardException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class BlockingCallsTest {
  private final BlockingCalls calls =
      new BlockingCalls(
          ComponentSpec.of("vault", "secretstores.test", Map.of()),
          2,
          (operation, failure) ->
              new InboardException(
                  ErrorCode.UNAVAILABLE, "vault", operation, "it says " + failure.getMessage()));

  @AfterEach
  void close() {
    calls.close();
  }

  private static InboardException failure(CompletionStage<?> stage) {
    Throwable thrown = catchThrowable(() -> stage.toCompletableFuture().join());
    assertThat(thrown).isInstanceOf(CompletionException.class);
    return (InboardException) thrown.getCause();
  }

  @Test
  void asManyAsAllowedRunAtATimeAndTheOthersWait() throws Exception {
    AtomicInteger running = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    CountDownLatch go = new CountDownLatch(1);
    List<CompletableFuture<Integer>> outcomes = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      int number = i;
      outcomes.add(
          calls
              .call(
                  "read",
                  () -> {
                    most.accumulateAndGet(running.incrementAndGet(), Math::max);
                    assertThat(go.await(60, TimeUnit.SECONDS)).isTrue();
                    running.decrementAndGet();
                    return number;
                  })
              .toCompletableFuture());
    }
    go.countDown();
    for (int i = 0; i < 10; i++) {
      assertThat(outcomes.get(i).get(60, TimeUnit.SECONDS)).isEqualTo(i);
    }
    assertThat(most.get()).isBetween(1, 2);
  }

  @Test
  void failuresAreTranslated() {
    assertThat(
            failure(
                calls.call(
                    "read",
                    () -> {
                      throw new IOException("no");
                    })))
        .hasMessage("vault: read failed: UNAVAILABLE: it says no");
    InboardException known = new InboardException(ErrorCode.NOT_FOUND, "vault", "read", "gone");
    assertThat(
            failure(
                calls.call(
                    "read",
                    () -> {
                      throw known;
                    })))
        .isSameAs(known);
    assertThat(
            catchThrowable(
                () ->
                    calls.callHere(
                        "open",
                        () -> {
                          throw new IOException("no");
                        })))
        .hasMessage("vault: open failed: UNAVAILABLE: it says no");
  }

  @Test
  void closeWaitsForWhatWasAcceptedAndCancelsTheRest() throws Exception {
    CountDownLatch go = new CountDownLatch(1);
    CompletionStage<Boolean> accepted = calls.call("read", () -> go.await(60, TimeUnit.SECONDS));
    CompletableFuture<Void> closed = CompletableFuture.runAsync(calls::close);
    go.countDown();
    closed.get(60, TimeUnit.SECONDS);
    assertThat(accepted.toCompletableFuture().join()).isTrue();
    InboardException refused = failure(calls.call("read", () -> 1));
    assertThat(refused.code()).isEqualTo(ErrorCode.CANCELLED);
    assertThat(refused).hasMessageContaining("the component is closed");
  }

  @Test
  void interruptedCloseInterruptsTheCalls() {
    CompletionStage<Boolean> endless =
        calls.call("read", () -> new CountDownLatch(1).await(10, TimeUnit.MINUTES));
    Thread.currentThread().interrupt();
    calls.close();
    assertThat(Thread.interrupted()).isTrue();
    assertThat(failure(endless).code()).isEqualTo(ErrorCode.UNAVAILABLE);
  }
}
