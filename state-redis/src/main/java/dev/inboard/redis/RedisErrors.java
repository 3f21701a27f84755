package dev.inboard.redis;

import dev.inboard.common.ErrorCode;
import dev.inboard.common.InboardException;
import io.lettuce.core.RedisBusyException;
import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.RedisCommandInterruptedException;
import io.lettuce.core.RedisCommandTimeoutException;
import io.lettuce.core.RedisConnectionException;
import io.lettuce.core.RedisException;
import java.io.IOException;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionException;

/** Turns what the client and the server report into error codes. */
final class RedisErrors {
  private RedisErrors() {}

  /** Wraps a failure; one that is wrapped already stays as it is. */
  static InboardException wrap(String component, String operation, Throwable failure) {
    Throwable cause = unwrap(failure);
    if (cause instanceof InboardException known) {
      return known;
    }
    return new InboardException(classify(cause), component, operation, reason(cause), cause);
  }

  static Throwable unwrap(Throwable failure) {
    Throwable cause = failure;
    while (cause instanceof CompletionException && cause.getCause() != null) {
      cause = cause.getCause();
    }
    return cause;
  }

  /** Says whether the key holds something else than the command is for. */
  static boolean isWrongType(Throwable failure) {
    String message = unwrap(failure).getMessage();
    return message != null && (message.startsWith("WRONGTYPE") || message.contains("wrong Redis type"));
  }

  private static String reason(Throwable failure) {
    Throwable root = failure;
    while (root.getCause() != null && root.getCause() != root) {
      root = root.getCause();
    }
    String outer = String.valueOf(failure.getMessage());
    String inner = String.valueOf(root.getMessage());
    return outer.contains(inner) ? outer : outer + ": " + inner;
  }

  static ErrorCode classify(Throwable failure) {
    if (failure instanceof RedisCommandTimeoutException) {
      return ErrorCode.TIMEOUT;
    }
    if (failure instanceof CancellationException
        || failure instanceof RedisCommandInterruptedException) {
      return ErrorCode.CANCELLED;
    }
    if (failure instanceof RedisBusyException) {
      return ErrorCode.UNAVAILABLE;
    }
    if (failure instanceof RedisConnectionException) {
      return failure.getCause() instanceof RedisCommandExecutionException answer
          ? byAnswer(answer)
          : ErrorCode.UNAVAILABLE;
    }
    if (failure instanceof RedisCommandExecutionException answer) {
      return byAnswer(answer);
    }
    // a closed connection, one that is being re-established, a refused dial
    return failure instanceof RedisException || failure instanceof IOException
        ? ErrorCode.UNAVAILABLE
        : ErrorCode.INTERNAL;
  }

  /** The first word of an error reply names its kind. */
  private static ErrorCode byAnswer(RedisCommandExecutionException answer) {
    String text = String.valueOf(answer.getMessage());
    int blank = text.indexOf(' ');
    return switch (blank < 0 ? text : text.substring(0, blank)) {
      case "NOAUTH", "WRONGPASS" -> ErrorCode.UNAUTHENTICATED;
      case "NOPERM", "DENIED" -> ErrorCode.PERMISSION_DENIED;
      case "OOM" -> ErrorCode.EXHAUSTED;
      case "CROSSSLOT", "WRONGTYPE" -> ErrorCode.INVALID_ARGUMENT;
      case "LOADING", "READONLY", "MASTERDOWN", "CLUSTERDOWN", "TRYAGAIN", "NOREPLICAS", "MISCONF", "BUSY",
              "MOVED", "ASK", "UNBLOCKED" ->
          ErrorCode.UNAVAILABLE;
      default ->
          text.contains("invalid password") || text.contains("AUTH")
              ? ErrorCode.UNAUTHENTICATED
              : ErrorCode.INTERNAL;
    };
  }
}
