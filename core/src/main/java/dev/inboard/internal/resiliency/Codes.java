package dev.inboard.internal.resiliency;

import dev.inboard.common.ErrorCode;
import dev.inboard.common.InboardException;
import dev.inboard.internal.resources.ResiliencyResource.CodeRange;
import java.util.List;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/** What error codes mean to policies. */
final class Codes {
  private Codes() {}

  /** Returns the failure itself, without what stages put around it. */
  static Throwable causeOf(Throwable failure) {
    return failure instanceof CompletionException && failure.getCause() != null
        ? failure.getCause()
        : failure;
  }

  /** Returns the code of a failure, or null when it has none. */
  static @Nullable ErrorCode of(@Nullable Throwable failure) {
    return failure instanceof InboardException e ? e.code() : null;
  }

  /** Says whether a failure tells that the component is not well, rather than that the call was. */
  static boolean isFault(@Nullable ErrorCode code) {
    return code == null
        || code.isTransient()
        || code == ErrorCode.INTERNAL
        || code == ErrorCode.UNAUTHENTICATED;
  }

  /** Says whether a failure has a code that one of the lists names. Both empty: all have. */
  static boolean match(ErrorCode code, List<CodeRange> http, List<CodeRange> grpc) {
    return (http.isEmpty() && grpc.isEmpty())
        || http.stream().anyMatch(range -> contains(range, http(code)))
        || grpc.stream().anyMatch(range -> contains(range, grpc(code)));
  }

  private static boolean contains(CodeRange range, int code) {
    return range.from() <= code && code <= range.to();
  }

  /** Returns the HTTP status with which Dapr answers such a failure. */
  static int http(ErrorCode code) {
    return switch (code) {
      case INVALID_ARGUMENT -> 400;
      case UNAUTHENTICATED -> 401;
      case PERMISSION_DENIED -> 403;
      case NOT_FOUND -> 404;
      case ETAG_MISMATCH, CONFLICT -> 409;
      case EXHAUSTED -> 429;
      case CANCELLED -> 499;
      case INTERNAL, DATA_LOSS -> 500;
      case UNSUPPORTED -> 501;
      case UNAVAILABLE -> 503;
      case TIMEOUT -> 504;
    };
  }

  /** Returns the gRPC status with which Dapr answers such a failure. */
  static int grpc(ErrorCode code) {
    return switch (code) {
      case CANCELLED -> 1;
      case INVALID_ARGUMENT -> 3;
      case TIMEOUT -> 4;
      case NOT_FOUND -> 5;
      case CONFLICT -> 6;
      case PERMISSION_DENIED -> 7;
      case EXHAUSTED -> 8;
      case ETAG_MISMATCH -> 10;
      case UNSUPPORTED -> 12;
      case INTERNAL -> 13;
      case UNAVAILABLE -> 14;
      case DATA_LOSS -> 15;
      case UNAUTHENTICATED -> 16;
    };
  }
}
