package dev.inboard.internal.lifecycle;

import dev.inboard.common.ErrorCode;
import dev.inboard.common.InboardException;
import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** How a start waits: never for ever, and no longer once it is called off. */
final class Waiting {
  private final CompletableFuture<Void> calledOff = new CompletableFuture<>();

  /** Ends every wait, those to come included. */
  void callOff() {
    calledOff.complete(null);
  }

  /** Says whether nobody is to wait any more. */
  boolean isCalledOff() {
    return calledOff.isDone();
  }

  /**
   * Waits for an outcome.
   *
   * @param component begins the message of a failure, such as {@code orders (state.redis)}
   * @param operation what is waited for
   * @throws InboardException the failure; {@code TIMEOUT} after the limit; {@code CANCELLED} when
   *     called off, or when this thread is interrupted, whose mark stays
   */
  <T> T await(
      CompletableFuture<T> outcome, Duration limit, @Nullable String component, String operation) {
    try {
      CompletableFuture.anyOf(outcome, calledOff).get(limit.toNanos(), TimeUnit.NANOSECONDS);
      if (outcome.isDone()) {
        return outcome.join();
      }
      throw new InboardException(
          ErrorCode.CANCELLED, component, operation, "the runtime is closing");
    } catch (TimeoutException e) {
      throw new InboardException(
          ErrorCode.TIMEOUT, component, operation, "no answer within " + text(limit), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InboardException(
          ErrorCode.CANCELLED, component, operation, "the thread was interrupted", e);
    } catch (ExecutionException | CompletionException | CancellationException e) {
      throw failure(e, component, operation);
    }
  }

  /** Returns the failure behind what a future threw. */
  static InboardException failure(Throwable thrown, @Nullable String component, String operation) {
    Throwable cause = thrown;
    while ((cause instanceof ExecutionException || cause instanceof CompletionException)
        && cause.getCause() != null) {
      cause = cause.getCause();
    }
    if (cause instanceof InboardException failure) {
      return failure;
    }
    if (cause instanceof CancellationException) {
      return new InboardException(
          ErrorCode.CANCELLED, component, operation, "it was given up", cause);
    }
    String type =
        cause.getClass().getName(); // the message stays in the cause: nobody knows what it shows
    return new InboardException(
        ErrorCode.INTERNAL,
        component,
        operation,
        "the provider failed in a way that it should not: " + type,
        cause);
  }

  /** Writes a time span as resource files do. */
  static String text(Duration span) {
    return span.toMillis() % 1000 == 0 ? span.toSeconds() + "s" : span.toMillis() + "ms";
  }
}
