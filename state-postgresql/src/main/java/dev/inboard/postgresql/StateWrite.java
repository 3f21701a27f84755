package dev.inboard.postgresql;

import dev.inboard.common.ErrorCode;
import dev.inboard.common.InboardException;
import dev.inboard.spi.state.Concurrency;
import dev.inboard.spi.state.StateOperation;
import dev.inboard.sql.Batcher;
import dev.inboard.sql.Call;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** One write to an entry, and what became of it. Used by one thread at a time. */
final class StateWrite implements Batcher.Entry {
  private final StateOperation operation;
  private final Call call;
  private final Kind kind;
  private final CompletableFuture<@Nullable String> result = new CompletableFuture<>();
  private @Nullable String etag;
  private @Nullable InboardException failure;

  /** What a write asks for; writes of one kind can be done by one statement. */
  enum Kind {
    UPSERT,
    CREATE,
    UPDATE,
    DELETE,
    DELETE_MATCHING,
    DELETE_ABSENT;

    /** Says whether a value is written. */
    boolean puts() {
      return this == UPSERT || this == CREATE || this == UPDATE;
    }
  }

  StateWrite(StateOperation operation, Call call) {
    this.operation = operation;
    this.call = call;
    boolean first = operation.concurrency() == Concurrency.FIRST_WRITE;
    if (operation instanceof StateOperation.Set) {
      kind = operation.etag() != null ? Kind.UPDATE : first ? Kind.CREATE : Kind.UPSERT;
    } else {
      kind =
          operation.etag() != null
              ? Kind.DELETE_MATCHING
              : first ? Kind.DELETE_ABSENT : Kind.DELETE;
    }
  }

  Kind kind() {
    return kind;
  }

  String key() {
    return operation.key();
  }

  /** Returns the ETag as a text that the database can compare. */
  @Nullable String expectedEtag() {
    String expected = operation.etag();
    return expected != null && expected.indexOf('\0') >= 0 ? "" : expected;
  }

  /** Returns the operation, which writes a value. */
  StateOperation.Set set() {
    return (StateOperation.Set) operation;
  }

  Call call() {
    return call;
  }

  CompletableFuture<@Nullable String> result() {
    return result;
  }

  /** Notes that the write has taken effect. */
  void done(@Nullable String newEtag) {
    etag = newEtag;
    failure = null;
  }

  /** Notes that the entry is not as the write expects it. */
  void mismatched() {
    failed(
        switch (kind) {
          case CREATE -> call.failed(ErrorCode.ETAG_MISMATCH, "there is an entry already", null);
          case DELETE_ABSENT -> call.failed(ErrorCode.ETAG_MISMATCH, "there is an entry", null);
          default ->
              call.failed(
                  ErrorCode.ETAG_MISMATCH, "the entry has another ETag, or there is none", null);
        });
  }

  void failed(InboardException reason) {
    failure = reason;
  }

  @Nullable String etag() {
    return etag;
  }

  @Nullable InboardException failure() {
    return failure;
  }

  /** Tells the caller the outcome. */
  void settle() {
    if (failure != null) {
      result.completeExceptionally(failure);
    } else {
      result.complete(etag);
    }
  }

  @Override
  public void fail(ErrorCode code, String reason, @Nullable Throwable cause) {
    result.completeExceptionally(call.failed(code, reason, cause));
  }
}
