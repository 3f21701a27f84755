package dev.inboard.sql;

import dev.inboard.common.ErrorCode;
import dev.inboard.common.InboardException;
import dev.inboard.sql.SqlErrors.Extent;
import dev.inboard.sql.SqlErrors.Verdict;
import java.sql.SQLException;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** A piece of work in the writer's queue, and what became of it. */
final class Unit<T> implements Batcher.Entry {
  private final SqlErrors errors;
  private final Call call;
  private final Work<T> work;
  private final OnFailure onFailure;
  private final CompletableFuture<T> result = new CompletableFuture<>();

  // The outcome, which the caller learns when it is committed.
  private @Nullable T value;
  private @Nullable InboardException failure;

  /** What becomes of the transaction when the work fails. */
  enum OnFailure {
    /** It goes on, with what the work did undone: there is a savepoint for it. */
    UNDO,
    /** It goes on; the work had nothing to undo. */
    GO_ON,
    /** It is rolled back, and begun again without the work. */
    BEGIN_AGAIN
  }

  Unit(SqlErrors errors, Call call, Work<T> work, OnFailure onFailure) {
    this.errors = errors;
    this.call = call;
    this.work = work;
    this.onFailure = onFailure;
  }

  CompletableFuture<T> result() {
    return result;
  }

  /**
   * Runs the work in the transaction of a session and keeps the outcome.
   *
   * @return {@code STATEMENT} when the transaction can go on, with the work done or undone
   */
  Extent run(Session session) {
    failure = null;
    boolean savepoint = onFailure == OnFailure.UNDO;
    try {
      if (savepoint) {
        session.execute("SAVEPOINT work");
      }
      value = work.run(session);
      if (savepoint) {
        session.execute("RELEASE SAVEPOINT work");
      }
      return Extent.STATEMENT;
    } catch (InboardException e) {
      failure = e;
      return undo(session);
    } catch (SQLException e) {
      session.forgetStatements();
      Verdict verdict = errors.judge(e);
      failure = call.failed(verdict.code(), verdict.reason(), e);
      return verdict.extent() == Extent.STATEMENT ? undo(session) : verdict.extent();
    } catch (Throwable e) { // a defect in one caller's work must not reach the others
      failure = call.failed(ErrorCode.INTERNAL, e.toString(), e);
      return onFailure == OnFailure.GO_ON ? Extent.TRANSACTION : undo(session);
    }
  }

  private Extent undo(Session session) {
    if (onFailure != OnFailure.UNDO) {
      return onFailure == OnFailure.GO_ON ? Extent.STATEMENT : Extent.TRANSACTION;
    }
    try {
      session.execute("ROLLBACK TO SAVEPOINT work");
      session.execute("RELEASE SAVEPOINT work");
      return Extent.STATEMENT;
    } catch (SQLException e) {
      Extent extent = errors.judge(e).extent();
      return extent == Extent.CONNECTION ? extent : Extent.TRANSACTION;
    }
  }

  /** Changes the outcome: what was done did not last. */
  void overrule(Verdict verdict, SQLException cause) {
    failure = call.failed(verdict.code(), verdict.reason(), cause);
  }

  /** Tells the caller the outcome. */
  void settle() {
    if (failure != null) {
      result.completeExceptionally(failure);
    } else {
      result.complete(value);
    }
  }

  @Override
  public void fail(ErrorCode code, String reason, @Nullable Throwable cause) {
    result.completeExceptionally(call.failed(code, reason, cause));
  }
}
