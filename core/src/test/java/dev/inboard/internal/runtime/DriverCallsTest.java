package dev.inboard.internal.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import dev.inboard.common.ErrorCode;
import dev.inboard.common.InboardException;
import dev.inboard.internal.resources.ComponentResource;
import dev.inboard.internal.resources.Origin;
import dev.inboard.spi.ComponentSpec;
import dev.inboard.spi.Driver;
import dev.inboard.spi.Feature;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class DriverCallsTest {
  /** A driver whose answers the test gives. */
  private static final class ManualDriver implements Driver {
    final List<CompletableFuture<String>> asked = new CopyOnWriteArrayList<>();

    CompletionStage<String> ask() {
      CompletableFuture<String> answer = new CompletableFuture<>();
      asked.add(answer);
      return answer;
    }

    /** Waits for a call, as a client's thread would for bytes. */
    CompletableFuture<String> call(int number) {
      awaitCall(number);
      return asked.get(number);
    }

    void awaitCall(int number) {
      await().until(() -> asked.size() > number);
    }

    @Override
    public Set<Feature> features() {
      return Set.of();
    }

    @Override
    public void close() {
      asked.forEach(answer -> answer.completeExceptionally(failure(ErrorCode.CANCELLED)));
    }
  }

  private final ManualDriver driver = new ManualDriver();
  private final OpenedComponent<ManualDriver> component =
      new OpenedComponent<>(
          new ComponentResource(
              "orders",
              "state.manual",
              "v1",
              null,
              List.of(),
              null,
              List.of(),
              Duration.ofSeconds(5),
              false,
              new Origin("orders.yaml", 1)),
          ComponentSpec.of("orders", "state.manual", Map.of()),
          driver);
  private final DriverCalls<ManualDriver> calls = new DriverCalls<>(component);
  private final Request<ManualDriver, String, String> request =
      new Request<>("get", "17", ManualDriver::ask, answer -> answer + "!");

  private static InboardException failure(ErrorCode code) {
    return new InboardException(code, "orders (state.manual)", "get 'app||17'", "because");
  }

  private Thread client(Runnable work) {
    Thread thread = new Thread(work, "client");
    thread.setDaemon(true);
    thread.start();
    return thread;
  }

  private InboardException failureOf(CompletableFuture<?> future) {
    ExecutionException failure =
        catchThrowableOfType(ExecutionException.class, () -> future.get(10, TimeUnit.SECONDS));
    assertThat(failure).isNotNull();
    assertThat(failure.getCause()).isInstanceOf(InboardException.class);
    return (InboardException) failure.getCause();
  }

  @Test
  void blockingCallWaitsForTheAnswer() {
    client(() -> driver.call(0).complete("tea"));
    assertThat(calls.await(request)).isEqualTo("tea!");
  }

  @Test
  void futureCompletesWithTheAnswer() {
    CompletableFuture<String> future = calls.start(() -> request);
    assertThat(future).isNotDone();
    driver.call(0).complete("tea");
    assertThat(future).isCompletedWithValue("tea!");
  }

  @Test
  void stageThatIsNoFutureIsAnAnswerToo() {
    Request<ManualDriver, String, String> answered =
        new Request<>(
            "get", "17", any -> CompletableFuture.completedStage("tea"), answer -> answer + "!");
    assertThat(calls.start(() -> answered)).isCompletedWithValue("tea!");
    assertThat(calls.await(answered)).isEqualTo("tea!");
  }

  @Test
  void failureOfTheDriverNamesComponentVerbAndThingOfTheApplication() {
    client(() -> driver.call(0).completeExceptionally(failure(ErrorCode.UNAVAILABLE)));
    InboardException blocking =
        catchThrowableOfType(InboardException.class, () -> calls.await(request));
    CompletableFuture<String> future = calls.start(() -> request);
    driver.call(1).completeExceptionally(new CompletionException(failure(ErrorCode.UNAVAILABLE)));
    assertThat(List.of(blocking, failureOf(future)))
        .allSatisfy(
            failure -> {
              assertThat(failure.code()).isEqualTo(ErrorCode.UNAVAILABLE);
              assertThat(failure)
                  .hasMessage("orders (state.manual): get '17' failed: UNAVAILABLE: because");
              assertThat(failure.getCause()).isInstanceOf(InboardException.class);
            });
    assertThat(blocking.getStackTrace())
        .as("the caller's stack")
        .anyMatch(frame -> frame.getMethodName().startsWith("failureOfTheDriver"));
  }

  @Test
  void requestWithoutAThingNamesTheOneOfTheDriver() {
    client(() -> driver.call(0).completeExceptionally(failure(ErrorCode.ETAG_MISMATCH)));
    assertThatThrownBy(
            () ->
                calls.await(
                    new Request<>("transaction", null, ManualDriver::ask, Function.identity())))
        .hasMessage(
            "orders (state.manual): transaction failed: ETAG_MISMATCH: get 'app||17': because");
  }

  @Test
  void defectOfTheDriverIsInternalAndItsMessageStaysOut() {
    List<Request<ManualDriver, String, String>> defective =
        List.of(
            new Request<>(
                "get",
                "17",
                d -> CompletableFuture.failedFuture(new IllegalStateException("value")),
                Function.identity()),
            new Request<>(
                "get",
                "17",
                d -> {
                  throw new IllegalStateException("value");
                },
                Function.identity()),
            new Request<>("get", "17", d -> null, Function.identity()));
    for (Request<ManualDriver, String, String> request : defective) {
      InboardException blocking =
          catchThrowableOfType(InboardException.class, () -> calls.await(request));
      assertThat(List.of(blocking, failureOf(calls.start(() -> request))))
          .allSatisfy(
              failure -> {
                assertThat(failure.code()).isEqualTo(ErrorCode.INTERNAL);
                assertThat(failure.getMessage())
                    .contains("get '17'", "Exception")
                    .doesNotContain("value");
              });
    }
  }

  @Test
  void cancelledStageIsCancelled() {
    client(() -> driver.call(0).cancel(false));
    assertThat(catchThrowableOfType(InboardException.class, () -> calls.await(request)).code())
        .isEqualTo(ErrorCode.CANCELLED);
    CompletableFuture<String> future = calls.start(() -> request);
    driver.call(1).cancel(false);
    assertThat(failureOf(future).code()).isEqualTo(ErrorCode.CANCELLED);
  }

  @Test
  void failureOfThePreparationFailsTheFuture() {
    InboardException bad = failure(ErrorCode.INVALID_ARGUMENT);
    Supplier<Request<ManualDriver, String, String>> prepare =
        () -> {
          throw bad;
        };
    assertThat(failureOf(calls.start(prepare))).isSameAs(bad);
  }

  @Test
  void failureToReadTheAnswerIsToldAsItIs() {
    InboardException undecodable = failure(ErrorCode.DATA_LOSS);
    Request<ManualDriver, String, String> unreadable =
        new Request<>(
            "get",
            "17",
            ManualDriver::ask,
            answer -> {
              throw undecodable;
            });
    client(() -> driver.call(0).complete("tea"));
    assertThatThrownBy(() -> calls.await(unreadable)).isSameAs(undecodable);
    CompletableFuture<String> future = calls.start(() -> unreadable);
    driver.call(1).complete("tea");
    assertThat(failureOf(future)).isSameAs(undecodable);
  }

  @Test
  void errorWhileReadingTheAnswerDoesNotLeaveTheFutureOpen() {
    CompletableFuture<String> future =
        calls.start(
            () ->
                new Request<>(
                    "get",
                    "17",
                    ManualDriver::ask,
                    answer -> {
                      throw new StackOverflowError();
                    }));
    driver.call(0).complete("tea");
    assertThat(future).isCompletedExceptionally();
  }

  @Test
  void interruptedCallerIsCancelledAndStaysInterrupted() throws InterruptedException {
    AtomicReference<Throwable> failure = new AtomicReference<>();
    AtomicReference<Boolean> interrupted = new AtomicReference<>();
    Thread caller =
        client(
            () -> {
              try {
                calls.await(request);
              } catch (InboardException e) {
                failure.set(e);
                interrupted.set(Thread.currentThread().isInterrupted());
              }
            });
    driver.awaitCall(0);
    caller.interrupt();
    caller.join(10_000);
    assertThat(failure.get())
        .hasMessageContaining("get '17' failed: CANCELLED: the thread was interrupted");
    assertThat(interrupted.get()).isTrue();
  }

  @Test
  void interruptedCallerGetsAnAnswerThatIsAtHand() {
    Thread.currentThread().interrupt();
    try {
      Request<ManualDriver, String, String> atHand =
          new Request<>(
              "get", "17", d -> CompletableFuture.completedFuture("tea"), Function.identity());
      assertThat(calls.await(atHand)).isEqualTo("tea");
    } finally {
      assertThat(Thread.interrupted()).isTrue();
    }
  }

  @Test
  void callsOfAReplacedDriverGoToItsSuccessor() {
    ManualDriver next = new ManualDriver();
    CompletableFuture<String> future = calls.start(() -> request);
    client(
        () -> {
          driver.awaitCall(1);
          component.swap(next).close();
          next.call(0).complete("from the next");
          next.call(1).complete("from the next");
        });
    assertThat(calls.await(request)).isEqualTo("from the next!");
    await().untilAsserted(() -> assertThat(future).isCompletedWithValue("from the next!"));
    assertThat(driver.asked).hasSize(2);
  }

  @Test
  void callsOfAClosedDriverWithoutSuccessorAreCancelled() {
    CompletableFuture<String> future = calls.start(() -> request);
    driver.close();
    assertThat(failureOf(future).code()).isEqualTo(ErrorCode.CANCELLED);
    assertThat(driver.asked).as("not tried again").hasSize(1);
  }

  @Test
  void otherFailuresOfAReplacedDriverAreNotTriedAgain() {
    CompletableFuture<String> future = calls.start(() -> request);
    component.swap(new ManualDriver());
    driver.call(0).completeExceptionally(failure(ErrorCode.UNAVAILABLE));
    assertThat(failureOf(future).code()).isEqualTo(ErrorCode.UNAVAILABLE);
  }

  @Test
  void blockingOnTheThreadThatCompletesAFutureIsRefused() {
    CompletableFuture<String> dependent =
        calls.start(() -> request).thenApply(answer -> calls.await(request));
    driver.call(0).complete("tea");
    assertThat(failureOf(dependent))
        .hasMessageContaining("INVALID_ARGUMENT")
        .hasMessageContaining("thenApplyAsync");
    assertThat(driver.asked).as("the second call was never made").hasSize(1);
    client(() -> driver.call(1).complete("afterwards"));
    assertThat(calls.await(request)).as("the thread may block again").isEqualTo("afterwards!");
  }

  @Test
  void blockingInAFunctionWithAnExecutorWorks() {
    CompletableFuture<String> dependent =
        calls.start(() -> request).thenApplyAsync(answer -> calls.await(request));
    driver.call(0).complete("tea");
    driver.call(1).complete("milk");
    assertThat(dependent.orTimeout(10, TimeUnit.SECONDS).join()).isEqualTo("milk!");
  }

  @Test
  void asynchronousCallsOnTheCompletingThreadWork() {
    CompletableFuture<String> dependent =
        calls.start(() -> request).thenCompose(answer -> calls.start(() -> request));
    driver.call(0).complete("tea");
    driver.call(1).complete("milk");
    assertThat(dependent).isCompletedWithValue("milk!");
  }

  @Test
  void policyStandsAroundEveryCall() {
    List<String> seen = new ArrayList<>();
    CallPolicy twice =
        new CallPolicy() {
          @Override
          public <R> CompletionStage<R> call(boolean isRead, Supplier<CompletionStage<R>> attempt) {
            seen.add("called");
            return attempt.get().exceptionallyCompose(failure -> attempt.get());
          }
        };
    component.guard(twice);
    assertThat(calls.areDirect()).isFalse();
    CompletableFuture<String> future = calls.start(() -> request);
    driver.call(0).completeExceptionally(failure(ErrorCode.UNAVAILABLE));
    driver.call(1).complete("tea");
    assertThat(future).isCompletedWithValue("tea!");
    client(() -> driver.call(2).complete("milk"));
    assertThat(calls.await(request)).isEqualTo("milk!");
    assertThat(seen).hasSize(2);
  }
}
