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
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Turns what the client and the server report into error codes. */
final class RedisErrors {
  private static final Pattern KIND =
      Pattern.compile(
          "\\b(NOAUTH|WRONGPASS|NOPERM|DENIED|OOM|CROSSSLOT|WRONGTYPE|LOADING|READONLY|MASTERDOWN"
              + "|CLUSTERDOWN|TRYAGAIN|NOREPLICAS|MISCONF|BUSY|MOVED|ASK|UNBLOCKED)\\b");

  private RedisErrors() {}

  /**
   * Wraps a failure; one that is wrapped already stays as it is.
   *
   * @param reconnectFailure why there is no connection at the moment, or null
   */
  static InboardException wrap(
      String component, String operation, Throwable failure, @Nullable Throwable reconnectFailure) {
    Throwable cause = unwrap(failure);
    if (cause instanceof InboardException known) {
      return known;
    }
    if (reconnectFailure != null && isDisconnection(cause)) {
      Throwable why = unwrap(reconnectFailure);
      return new InboardException(
          classify(why), component, operation, "no connection: " + reason(why), cause);
    }
    return new InboardException(classify(cause), component, operation, reason(cause), cause);
  }

  /**
   * Says whether the client reports that it has no connection, in its only way: a bare exception.
   */
  private static boolean isDisconnection(Throwable failure) {
    return failure.getClass() == RedisException.class;
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
    return message != null
        && (message.startsWith("WRONGTYPE") || message.contains("wrong Redis type"));
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
    if (failure instanceof RedisCommandInterruptedException) {
      return ErrorCode.CANCELLED;
    }
    if (failure instanceof CancellationException) { // the client's, when its connection breaks
      return ErrorCode.UNAVAILABLE;
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

  /**
   * A word in capitals names the kind of an error reply; inside a script it is not the first word.
   */
  private static ErrorCode byAnswer(RedisCommandExecutionException answer) {
    String text = String.valueOf(answer.getMessage());
    Matcher kind = KIND.matcher(text);
    if (!kind.find()) {
      return text.contains("can't run this command") // a script's command, forbidden to this user
          ? ErrorCode.PERMISSION_DENIED
          : text.contains("invalid password") || text.contains("AUTH")
              ? ErrorCode.UNAUTHENTICATED
              : ErrorCode.INTERNAL;
    }
    return switch (kind.group()) {
      case "NOAUTH", "WRONGPASS" -> ErrorCode.UNAUTHENTICATED;
      case "NOPERM", "DENIED" -> ErrorCode.PERMISSION_DENIED;
      case "OOM" -> ErrorCode.EXHAUSTED;
      case "CROSSSLOT", "WRONGTYPE" -> ErrorCode.INVALID_ARGUMENT;
      default -> ErrorCode.UNAVAILABLE;
    };
  }
}
