package dev.inboard.postgresql;

import dev.inboard.common.ErrorCode;
import dev.inboard.common.InboardException;
import dev.inboard.spi.workflow.CreateOutcome;
import dev.inboard.spi.workflow.Creation;
import dev.inboard.spi.workflow.Delivery;
import dev.inboard.spi.workflow.Message;
import dev.inboard.spi.workflow.TaskClaim;
import dev.inboard.spi.workflow.Turn;
import dev.inboard.spi.workflow.TurnOutcome;
import dev.inboard.sql.Batcher;
import dev.inboard.sql.Call;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Something that is waiting to be written, and what became of it.
 *
 * @param <T> what the caller is told
 */
abstract class WorkflowWrite<T> implements Batcher.Entry {
  private final Call call;
  private final CompletableFuture<T> result = new CompletableFuture<>();
  private @Nullable T outcome;

  private WorkflowWrite(Call call) {
    this.call = call;
  }

  /** A turn. */
  static final class OfTurn extends WorkflowWrite<TurnOutcome> {
    final Turn turn;

    OfTurn(Call call, Turn turn) {
      super(call);
      this.turn = turn;
    }

    /** Says whether the statement for many turns can write it. */
    boolean isPlain() {
      return !turn.beginsGeneration();
    }

    @Override
    Object thing() {
      return turn.ownership().key();
    }

    @Override
    long bytes() {
      byte[] output = turn.progress().output();
      return turn.history().length + (output == null ? 0L : output.length);
    }
  }

  /** A creation. */
  static final class OfCreation extends WorkflowWrite<CreateOutcome> {
    final Creation creation;

    OfCreation(Call call, Creation creation) {
      super(call);
      this.creation = creation;
    }

    @Override
    Object thing() {
      return creation.definition().id();
    }

    @Override
    long bytes() {
      byte[] input = creation.definition().input();
      Turn first = creation.first();
      return (input == null ? 0L : input.length) + (first == null ? 0 : first.history().length);
    }
  }

  /** A message. */
  static final class OfMessage extends WorkflowWrite<Delivery> {
    final Message message;

    OfMessage(Call call, Message message) {
      super(call);
      this.message = message;
    }

    @Override
    Object thing() {
      return this;
    }

    @Override
    long bytes() {
      return message.payload().length;
    }
  }

  /** A result of a task. */
  static final class OfResult extends WorkflowWrite<Boolean> {
    final TaskClaim claim;
    final Message result;

    OfResult(Call call, TaskClaim claim, Message result) {
      super(call);
      this.claim = claim;
      this.result = result;
    }

    @Override
    Object thing() {
      return new TaskNumber(claim.number());
    }

    @Override
    long bytes() {
      return result.payload().length;
    }
  }

  /** Tells a task from an instance, whose key may be the same number. */
  private record TaskNumber(long number) {}

  /** Returns what no two writes of a batch may have in common. */
  abstract Object thing();

  /** Returns about how large it is. */
  abstract long bytes();

  Call call() {
    return call;
  }

  CompletableFuture<T> result() {
    return result;
  }

  void done(T value) {
    outcome = value;
  }

  @Nullable T outcome() {
    return outcome;
  }

  /** Tells the caller the outcome. */
  void settle() {
    T value = outcome;
    if (value == null) {
      fail(ErrorCode.INTERNAL, "it was not written and nobody knows why", null);
    } else {
      result.complete(value);
    }
  }

  void fail(InboardException reason) {
    result.completeExceptionally(call.failed(reason.code(), reason.reason(), reason.getCause()));
  }

  @Override
  public void fail(ErrorCode code, String reason, @Nullable Throwable cause) {
    result.completeExceptionally(call.failed(code, reason, cause));
  }
}
