package dev.inboard.rabbitmq;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.AuthenticationFailureException;
import com.rabbitmq.client.MissedHeartbeatException;
import com.rabbitmq.client.PossibleAuthenticationFailureException;
import com.rabbitmq.client.ShutdownSignalException;
import dev.inboard.common.ErrorCode;
import dev.inboard.common.InboardException;
import java.io.IOException;
import java.net.UnknownHostException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** Turns what the client and the broker report into error codes, and adds the cure. */
final class RabbitMqErrors {
  private RabbitMqErrors() {}

  /** Wraps a failure; one that is wrapped already stays as it is. */
  static InboardException wrap(String component, String operation, Throwable failure) {
    Throwable cause = unwrap(failure);
    if (cause instanceof InboardException known) {
      return known;
    }
    ShutdownSignalException signal = signal(cause);
    if (signal != null) {
      return new InboardException(classify(signal), component, operation, reason(signal), cause);
    }
    return new InboardException(classify(cause), component, operation, reason(cause), cause);
  }

  private static Throwable unwrap(Throwable failure) {
    Throwable cause = failure;
    while (cause instanceof CompletionException && cause.getCause() != null) {
      cause = cause.getCause();
    }
    return cause;
  }

  /** Returns why the broker closed a channel or a connection, where that is what happened. */
  static @Nullable ShutdownSignalException signal(@Nullable Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof ShutdownSignalException signal && code(signal) != 0) {
        return signal;
      }
    }
    return failure instanceof ShutdownSignalException signal ? signal : null;
  }

  /** Returns AMQP's reply code, or 0 when the connection broke without a word. */
  static int code(ShutdownSignalException signal) {
    if (signal.getReason() instanceof AMQP.Channel.Close close) {
      return close.getReplyCode();
    }
    if (signal.getReason() instanceof AMQP.Connection.Close close) {
      return close.getReplyCode();
    }
    return 0;
  }

  /** Returns the broker's words, or the client's when the broker has said nothing. */
  static String text(ShutdownSignalException signal) {
    if (signal.getReason() instanceof AMQP.Channel.Close close) {
      return close.getReplyText();
    }
    if (signal.getReason() instanceof AMQP.Connection.Close close) {
      return close.getReplyText();
    }
    Throwable cause = signal.getCause();
    return cause instanceof MissedHeartbeatException
        ? "the connection has been silent for too long (no heartbeat)"
        : "the connection is lost" + (cause == null ? "" : ": " + rootMessage(cause));
  }

  static ErrorCode classify(ShutdownSignalException signal) {
    return switch (code(signal)) {
      case AMQP.ACCESS_REFUSED, AMQP.NOT_ALLOWED -> ErrorCode.PERMISSION_DENIED;
      case AMQP.NOT_FOUND -> ErrorCode.NOT_FOUND;
      case AMQP.RESOURCE_LOCKED -> ErrorCode.CONFLICT;
      case AMQP.PRECONDITION_FAILED, AMQP.CONTENT_TOO_LARGE, AMQP.INVALID_PATH, AMQP.SYNTAX_ERROR ->
          ErrorCode.INVALID_ARGUMENT;
      case AMQP.RESOURCE_ERROR -> ErrorCode.EXHAUSTED;
      case AMQP.NOT_IMPLEMENTED -> ErrorCode.UNSUPPORTED;
      case AMQP.FRAME_ERROR, AMQP.COMMAND_INVALID, AMQP.UNEXPECTED_FRAME, AMQP.CHANNEL_ERROR ->
          ErrorCode.INTERNAL;
      default -> ErrorCode.UNAVAILABLE;
    };
  }

  private static ErrorCode classify(Throwable cause) {
    if (cause instanceof PossibleAuthenticationFailureException
        || cause instanceof AuthenticationFailureException) {
      return ErrorCode.UNAUTHENTICATED;
    }
    if (cause instanceof TimeoutException) {
      return ErrorCode.TIMEOUT;
    }
    if (cause instanceof IllegalArgumentException) {
      return ErrorCode.INVALID_ARGUMENT;
    }
    return cause instanceof IOException ? ErrorCode.UNAVAILABLE : ErrorCode.INTERNAL;
  }

  static String reason(ShutdownSignalException signal) {
    return text(signal) + cure(code(signal), text(signal));
  }

  private static String cure(int code, String text) {
    if (code == AMQP.PRECONDITION_FAILED && text.contains("inequivalent arg")) {
      return "; it exists with other settings: give the component the same ones, delete it at the"
          + " broker, or set declareTopology to false to use it as it is";
    }
    if (code == AMQP.NOT_FOUND) {
      return "; create it at the broker, or leave declareTopology true";
    }
    if (code == AMQP.ACCESS_REFUSED) {
      return "; give the user the permission (rabbitmqctl set_permissions)";
    }
    if (code == AMQP.NOT_ALLOWED && text.contains("vhost")) {
      return "; check the virtual host in the address, and that the user may use it";
    }
    return "";
  }

  private static String reason(Throwable cause) {
    if (cause instanceof PossibleAuthenticationFailureException
        || cause instanceof AuthenticationFailureException) {
      return "the broker does not accept the login; check user and password";
    }
    if (cause instanceof UnknownHostException) {
      return "unknown host " + cause.getMessage();
    }
    if (cause instanceof TimeoutException && cause.getMessage() == null) {
      return "the broker has not answered in time";
    }
    String own = String.valueOf(cause.getMessage());
    String root = rootMessage(cause);
    return cause.getMessage() == null || own.contains(root)
        ? (cause.getMessage() == null ? root : own)
        : own + ": " + root;
  }

  private static String rootMessage(Throwable failure) {
    Throwable root = failure;
    while (root.getCause() != null && root.getCause() != root) {
      root = root.getCause();
    }
    return root.getMessage() == null ? root.getClass().getSimpleName() : root.getMessage();
  }
}
