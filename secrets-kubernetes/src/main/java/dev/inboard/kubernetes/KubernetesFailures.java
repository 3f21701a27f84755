package dev.inboard.kubernetes;

import dev.inboard.common.ErrorCode;
import dev.inboard.common.InboardException;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.io.InterruptedIOException;
import java.net.http.HttpTimeoutException;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** What the failures of the client mean. */
record KubernetesFailures(String component) {
  InboardException of(String operation, Throwable failure) {
    if (!(failure instanceof KubernetesClientException refused)) {
      String reason = "unexpected failure: " + failure.getClass().getName();
      return failure(ErrorCode.INTERNAL, operation, reason, failure);
    }
    String said = refused.getStatus() == null ? "" : " (" + refused.getStatus().getMessage() + ")";
    int code = refused.getCode();
    if (code <= 0) { // it got no answer
      return unreachable(operation, refused);
    }
    return switch (code) {
      case 400, 422 ->
          failure(
              ErrorCode.INVALID_ARGUMENT,
              operation,
              "the server refuses the request" + said,
              refused);
      case 401 ->
          failure(
              ErrorCode.UNAUTHENTICATED,
              operation,
              "the server does not accept the credentials; look at 'kubeconfigPath' or the service account",
              refused);
      case 403 ->
          failure(
              ErrorCode.PERMISSION_DENIED,
              operation,
              "the service account may not do it"
                  + said
                  + "; give it a role with the verb 'get' (for bulk reads 'list') on secrets",
              refused);
      case 404 ->
          failure(ErrorCode.NOT_FOUND, operation, "there is nothing of this name" + said, refused);
      case 429 ->
          failure(
              ErrorCode.EXHAUSTED,
              operation,
              "the server asks for fewer requests" + said + "; raise cacheMaxAge",
              refused);
      default ->
          failure(
              code >= 500 ? ErrorCode.UNAVAILABLE : ErrorCode.INTERNAL,
              operation,
              "the server answers HTTP " + code + said,
              refused);
    };
  }

  private InboardException unreachable(String operation, Throwable failure) {
    Throwable deepest = failure;
    boolean late = false;
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      deepest = cause;
      late |=
          cause instanceof HttpTimeoutException
              || cause instanceof TimeoutException
              || cause instanceof InterruptedIOException;
    }
    if (late) {
      return failure(
          ErrorCode.TIMEOUT,
          operation,
          "no answer in time; look at the server, or raise 'timeout'",
          failure);
    }
    String text =
        deepest.getMessage() == null ? deepest.getClass().getSimpleName() : deepest.getMessage();
    return failure(
        ErrorCode.UNAVAILABLE,
        operation,
        "the server cannot be reached (" + text + "); look at the network and 'kubeconfigPath'",
        failure);
  }

  InboardException failure(
      ErrorCode code, String operation, String reason, @Nullable Throwable cause) {
    return cause == null
        ? new InboardException(code, component, operation, reason)
        : new InboardException(code, component, operation, reason, cause);
  }
}
