package dev.inboard.internal.runtime;

import dev.inboard.common.ErrorCode;
import dev.inboard.common.InboardException;
import dev.inboard.spi.CallingThread;
import dev.inboard.spi.Driver;
import dev.inboard.spi.telemetry.ComponentTelemetry;
import dev.inboard.spi.telemetry.Observation;
import java.util.Objects;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.function.BiConsumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Calls the driver of one component for the application, blocking or not, in the same way for every
 * verb.
 *
 * <p>Every failure comes out as an {@link InboardException} that names the component, the verb and
 * the thing. A call that fails because its driver was replaced meanwhile goes to the new one. Safe
 * for use by many threads.
 */
public final class DriverCalls<D extends Driver> {
  /** What {@link CompletableFuture#completedStage} returns: a future that refuses to be asked. */
  private static final Class<?> MINIMAL_STAGE = CompletableFuture.completedStage(null).getClass();

  private static final String SUCCESS = "success";
  private static final String FAILURE = "failure";

  private final OpenedComponent<D> component;
  private final boolean guarded;

  /** Prepares calls to a component, under the policy it has when they begin. */
  public DriverCalls(OpenedComponent<D> component) {
    this(component, true);
  }

  private DriverCalls(OpenedComponent<D> component, boolean guarded) {
    this.component = component;
    this.guarded = guarded;
  }

  /** Prepares calls around which no policy stands, because what they do has its own. */
  public static <D extends Driver> DriverCalls<D> withoutPolicy(OpenedComponent<D> component) {
    return new DriverCalls<>(component, false);
  }

  private @Nullable CallPolicy policy() {
    return guarded ? component.policy() : null;
  }

  /** Carries a request out and waits for the answer. */
  public <R extends @Nullable Object, S extends @Nullable Object> S await(
      Request<D, R, S> request) {
    requireMayBlock(request);
    ComponentTelemetry telemetry = component.telemetry();
    if (telemetry != null) {
      return await(telemetry.call(request.operation()), () -> request);
    }
    return awaited(request);
  }

  /**
   * Carries a request out and waits for the answer.
   *
   * @param observation is ended
   * @param prepare makes the request
   */
  public <R extends @Nullable Object, S extends @Nullable Object> S await(
      Observation observation, Supplier<Request<D, R, S>> prepare) {
    return observed(
        observation,
        () -> {
          Request<D, R, S> request = prepare.get();
          requireMayBlock(request);
          return awaited(request);
        });
  }

  /** Makes a call, and ends what observes it. */
  public static <S extends @Nullable Object> S observed(Observation observation, Supplier<S> call) {
    S answer;
    try {
      answer = call.get();
    } catch (RuntimeException | Error e) {
      observation.end(FAILURE, e);
      throw e;
    }
    observation.end(SUCCESS, null);
    return answer;
  }

  /** Makes a call, and ends what observes it when its future is completed. */
  public static <S extends @Nullable Object> CompletableFuture<S> observedAsync(
      Observation observation, Supplier<CompletableFuture<S>> call) {
    CompletableFuture<S> future;
    try {
      future = call.get();
    } catch (RuntimeException | Error e) {
      observation.end(FAILURE, e);
      throw e;
    }
    var unused =
        future.whenComplete(
            (answer, failure) ->
                observation.end(
                    failure == null ? SUCCESS : FAILURE,
                    failure instanceof CompletionException && failure.getCause() != null
                        ? failure.getCause()
                        : failure));
    return future;
  }

  private <R extends @Nullable Object, S extends @Nullable Object> S awaited(
      Request<D, R, S> request) {
    D driver = component.driver();
    CompletionStage<R> stage =
        policy() == null ? CallingThread.waiting(() -> begin(request)) : begin(request);
    return await(request, driver, stage);
  }

  /**
   * Waits for the answer to a request whose first attempt has begun.
   *
   * @param driver was in charge when it began
   */
  public <R extends @Nullable Object, S extends @Nullable Object> S await(
      Request<D, R, S> request, D driver, CompletionStage<R> begun) {
    CompletionStage<R> stage = begun;
    while (true) {
      try {
        return request.answer().apply(stage.toCompletableFuture().get());
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        abandon(stage);
        String reason =
            "the thread was interrupted while it waited; the call may have taken effect";
        throw failure(request, ErrorCode.CANCELLED, reason, e);
      } catch (ExecutionException e) {
        if (!wasReplaced(driver, e.getCause())) {
          throw failure(request, e.getCause());
        }
      } catch (CancellationException e) {
        throw failure(request, e);
      }
      driver = component.driver();
      stage = begin(request);
    }
  }

  /** Says whether a driver may be called without {@link #await}, because nothing stands between. */
  public boolean areDirect() {
    return policy() == null && component.telemetry() == null && mayBlock();
  }

  private static void abandon(@Nullable CompletionStage<?> stage) {
    if (stage instanceof CallPolicy.Abandonable call) {
      call.abandon();
    }
  }

  private void requireMayBlock(Request<D, ?, ?> request) {
    if (!mayBlock()) {
      throw failure(
          request,
          ErrorCode.INVALID_ARGUMENT,
          "this thread is completing a future and must not block; use async() there, or attach the function with an"
              + " executor (thenApplyAsync)",
          null);
    }
  }

  private static boolean mayBlock() {
    return !CompletingThread.isCurrent();
  }

  /**
   * Carries a request out without waiting.
   *
   * @param prepare makes the request; what it throws fails the future
   */
  public <R extends @Nullable Object, S extends @Nullable Object> CompletableFuture<S> start(
      Supplier<Request<D, R, S>> prepare) {
    try {
      Request<D, R, S> request = prepare.get();
      ComponentTelemetry telemetry = component.telemetry();
      return telemetry == null
          ? started(request)
          : observedAsync(telemetry.call(request.operation()), () -> started(request));
    } catch (RuntimeException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  /**
   * Carries a request out without waiting.
   *
   * @param observation is ended when the future is completed
   * @param prepare makes the request; what it throws fails the future
   */
  public <R extends @Nullable Object, S extends @Nullable Object> CompletableFuture<S> start(
      Observation observation, Supplier<Request<D, R, S>> prepare) {
    try {
      return observedAsync(observation, () -> started(prepare.get()));
    } catch (RuntimeException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  private <R extends @Nullable Object, S extends @Nullable Object> CompletableFuture<S> started(
      Request<D, R, S> request) {
    try {
      D driver = component.driver();
      CompletionStage<R> stage = begin(request);
      if (isAtHand(stage)) {
        return CompletableFuture.completedFuture(
            request.answer().apply(stage.toCompletableFuture().join()));
      }
      Answer<R, S> answer = new Answer<>(request, driver, stage);
      stage.whenComplete(answer);
      return answer;
    } catch (RuntimeException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  /** Says whether a stage has an answer, so that there is nothing to wait for. */
  public static boolean isAtHand(CompletionStage<?> stage) {
    return stage instanceof CompletableFuture<?> future
        && stage.getClass() != MINIMAL_STAGE
        && future.isDone()
        && !future.isCompletedExceptionally();
  }

  private <R extends @Nullable Object> CompletionStage<R> begin(Request<D, R, ?> request) {
    try {
      CallPolicy policy = policy();
      CompletionStage<R> stage =
          policy == null
              ? request.call().apply(component.driver())
              : policy.call(request.isRead(), () -> request.call().apply(component.driver()));
      return Objects.requireNonNull(stage, "stage");
    } catch (InboardException e) {
      throw e; // the request itself found that the driver cannot do this
    } catch (RuntimeException e) {
      throw failure(request, e);
    }
  }

  private boolean wasReplaced(D driver, @Nullable Throwable failure) {
    return failure instanceof InboardException e
        && e.code() == ErrorCode.CANCELLED
        && component.driver() != driver;
  }

  private InboardException failure(Request<D, ?, ?> request, @Nullable Throwable cause) {
    if (cause instanceof InboardException e) {
      return failure(
          request,
          e.code(),
          request.thing() == null ? e.operation() + ": " + e.reason() : e.reason(),
          e);
    }
    if (cause instanceof CancellationException) {
      return failure(request, ErrorCode.CANCELLED, "the driver gave the call up", cause);
    }
    return failure(
        request,
        ErrorCode.INTERNAL,
        "the driver failed in a way that it should not: " + typeOf(cause),
        cause);
  }

  /** Names an unknown failure; its message stays out, because nobody knows what it shows. */
  private static String typeOf(@Nullable Throwable cause) {
    return cause == null ? "no reason given" : cause.getClass().getName();
  }

  private InboardException failure(
      Request<D, ?, ?> request, ErrorCode code, String reason, @Nullable Throwable cause) {
    String operation =
        request.thing() == null ? request.verb() : request.verb() + " '" + request.thing() + "'";
    return new InboardException(code, component.label(), operation, reason, cause);
  }

  /**
   * The future that the application holds, and the listener that the driver's stage tells its
   * outcome.
   */
  private final class Answer<R extends @Nullable Object, S extends @Nullable Object>
      extends CompletableFuture<S> implements BiConsumer<R, @Nullable Throwable> {
    private final Request<D, R, S> request;
    private D driver; // in charge when the attempt under way began
    private volatile CompletionStage<R> stage; // what is waited for

    Answer(Request<D, R, S> request, D driver, CompletionStage<R> stage) {
      this.request = request;
      this.driver = driver;
      this.stage = stage;
    }

    @Override
    public boolean cancel(boolean mayInterrupt) {
      boolean cancelled = super.cancel(mayInterrupt);
      abandon(stage);
      return cancelled;
    }

    @Override
    public void accept(R result, @Nullable Throwable failure) {
      try {
        if (failure == null) {
          S answer = request.answer().apply(result);
          CompletingThread.run(() -> complete(answer));
        } else {
          retryOrFail(failure instanceof CompletionException ? failure.getCause() : failure);
        }
      } catch (Throwable e) { // whatever it is: the future must not stay open
        CompletingThread.run(() -> completeExceptionally(e));
      }
    }

    private void retryOrFail(@Nullable Throwable cause) {
      if (!wasReplaced(driver, cause)) {
        throw failure(request, cause);
      }
      driver = component.driver();
      stage = begin(request);
      stage.whenComplete(this);
    }
  }
}
