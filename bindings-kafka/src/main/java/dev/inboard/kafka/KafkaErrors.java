package dev.inboard.kafka;

import dev.inboard.common.ErrorCode;
import dev.inboard.common.InboardException;
import dev.inboard.spi.ComponentSpec;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import javax.security.auth.login.LoginException;
import org.apache.kafka.clients.producer.BufferExhaustedException;
import org.apache.kafka.common.InvalidRecordException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.InvalidConfigurationException;
import org.apache.kafka.common.errors.InvalidTopicException;
import org.apache.kafka.common.errors.PolicyViolationException;
import org.apache.kafka.common.errors.RecordBatchTooLargeException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.ThrottlingQuotaExceededException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.errors.UnsupportedVersionException;

/** Turns what the client reports into error codes, and adds the cure where there is one. */
final class KafkaErrors {
  private KafkaErrors() {}

  /** Wraps a failure; one that is wrapped already stays as it is. */
  static InboardException wrap(String component, String operation, Throwable failure) {
    Throwable cause = unwrap(failure);
    if (cause instanceof InboardException known) {
      return known;
    }
    return new InboardException(classify(cause), component, operation, reason(cause), cause);
  }

  /** Wraps the failure of a first contact: no answer means that nobody is there. */
  static InboardException unreached(ComponentSpec spec, Throwable failure) {
    Throwable cause = unwrap(failure);
    if (!(cause instanceof TimeoutException)) {
      return wrap(spec.label(), "open", cause);
    }
    return new InboardException(
        ErrorCode.UNAVAILABLE,
        spec.label(),
        "open",
        "none of "
            + spec.get(ConnectionOptions.BROKERS)
            + " answers within "
            + spec.get(ConnectionOptions.DIAL_TIMEOUT).toSeconds()
            + " s; check 'brokers', the network, and whether the brokers expect TLS",
        cause);
  }

  static InboardException missingTopic(String component, String operation, String topic) {
    return new InboardException(
        ErrorCode.NOT_FOUND,
        component,
        operation,
        "the topic does not exist and the broker does not create it; create it, such as with"
            + " kafka-topics.sh --create --topic "
            + topic);
  }

  static Throwable unwrap(Throwable failure) {
    Throwable cause = failure;
    while ((cause instanceof CompletionException
            || cause instanceof ExecutionException
            || cause.getClass() == KafkaException.class)
        && cause.getCause() != null) {
      cause = cause.getCause();
    }
    return cause;
  }

  static ErrorCode classify(Throwable failure) {
    if (failure instanceof AuthenticationException || failure instanceof LoginException) {
      return ErrorCode.UNAUTHENTICATED;
    }
    if (failure instanceof AuthorizationException) {
      return ErrorCode.PERMISSION_DENIED;
    }
    if (failure instanceof RecordTooLargeException
        || failure instanceof RecordBatchTooLargeException
        || failure instanceof InvalidTopicException
        || failure instanceof InvalidRecordException
        || failure instanceof InvalidConfigurationException
        || failure instanceof PolicyViolationException
        || failure instanceof IllegalArgumentException) {
      return ErrorCode.INVALID_ARGUMENT;
    }
    if (failure instanceof UnknownTopicOrPartitionException) {
      return ErrorCode.NOT_FOUND;
    }
    if (failure instanceof UnsupportedVersionException) {
      return ErrorCode.UNSUPPORTED;
    }
    if (failure instanceof BufferExhaustedException
        || failure instanceof ThrottlingQuotaExceededException) {
      return ErrorCode.EXHAUSTED;
    }
    if (failure instanceof TimeoutException) {
      return ErrorCode.TIMEOUT;
    }
    if (failure instanceof InterruptException) {
      return ErrorCode.CANCELLED;
    }
    return failure instanceof RetriableException || failure instanceof java.io.IOException
        ? ErrorCode.UNAVAILABLE
        : ErrorCode.INTERNAL;
  }

  private static String reason(Throwable failure) {
    String text = String.valueOf(failure.getMessage());
    Throwable root = failure;
    while (root.getCause() != null && root.getCause() != root) {
      root = root.getCause();
    }
    String inner = String.valueOf(root.getMessage());
    String whole = text.contains(inner) ? text : text + ": " + inner;
    String cure = cure(failure);
    return cure.isEmpty() ? whole : whole + "; " + cure;
  }

  private static String cure(Throwable failure) {
    if (failure instanceof RecordTooLargeException) {
      return "raise 'maxMessageBytes' here and 'max.message.bytes' of the topic, or publish less at"
          + " a time";
    }
    if (failure instanceof AuthenticationException || failure instanceof LoginException) {
      return "check 'authType' and the credentials that belong to it";
    }
    if (failure instanceof AuthorizationException) {
      return "grant this user the missing permission (an ACL)";
    }
    return "";
  }
}
