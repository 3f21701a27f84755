package dev.inboard.spi.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.inboard.common.ErrorCode;
import dev.inboard.common.InboardException;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** What a driver's stage completes with: the answer, or the failure that was promised. */
final class Answers {
  /** The time after which a call is taken for hanging. */
  static final Duration PATIENCE = Duration.ofSeconds(60);

  private Answers() {}

  /** Returns what a stage completes with, or throws what it fails with. */
  static <T extends @Nullable Object> T await(CompletionStage<T> stage) {
    try {
      return stage.toCompletableFuture().get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof InboardException failure) {
        throw failure;
      }
      throw new AssertionError("failed with something else than an InboardException", e.getCause());
    } catch (TimeoutException e) {
      throw new AssertionError("no answer within " + PATIENCE, e);
    } catch (InterruptedException e) {
      throw new AssertionError("interrupted", e);
    }
  }

  /** Returns the failure of a stage that must fail. */
  static InboardException failure(CompletionStage<?> stage) {
    try {
      await(stage);
    } catch (InboardException e) {
      return e;
    }
    throw new AssertionError("succeeded, but should have failed");
  }

  static InboardException assertFails(ErrorCode code, CompletionStage<?> stage) {
    InboardException failure = failure(stage);
    assertThat(failure.code()).as(failure.getMessage()).isEqualTo(code);
    return failure;
  }

  static InboardException assertFailsWithOneOf(Set<ErrorCode> codes, CompletionStage<?> stage) {
    InboardException failure = failure(stage);
    assertThat(failure.code()).as(failure.getMessage()).isIn(codes);
    return failure;
  }
}
