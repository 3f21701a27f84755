package dev.inboard.postgresql;

import dev.inboard.common.ErrorCode;
import dev.inboard.sql.Call;
import dev.inboard.sql.Gate;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/** Calls of a component that may be closed meanwhile. */
final class Guarded {
  private Guarded() {}

  /** Begins a call, unless the component is closed; a call that has begun is waited for. */
  static <T> CompletableFuture<T> call(Gate gate, Call call, Supplier<CompletableFuture<T>> begin) {
    if (!gate.enter()) {
      return CompletableFuture.failedFuture(
          call.failed(ErrorCode.CANCELLED, "the component is closed", null));
    }
    CompletableFuture<T> result;
    try {
      result = begin.get();
    } catch (RuntimeException e) {
      gate.leave();
      throw e;
    }
    if (result.isDone()) {
      gate.leave();
      return result;
    }
    CompletableFuture<T> told = new CompletableFuture<>();
    var unused = // told has the outcome
        result.whenComplete(
            (answer, failure) -> {
              gate.leave(); // first, so that who is told may close the component
              if (failure != null) {
                told.completeExceptionally(failure);
              } else {
                told.complete(answer);
              }
            });
    return told;
  }
}
