package dev.inboard.vault;

import dev.inboard.common.ErrorCode;
import dev.inboard.common.InboardException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.UnknownHostException;
import java.net.http.HttpTimeoutException;
import java.nio.channels.UnresolvedAddressException;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertificateException;
import java.util.concurrent.CompletionException;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** Turns what the server and the network report into codes, causes and cures. */
final class VaultFailures {
  private final String component;
  private final String address;

  VaultFailures(String component, String address) {
    this.component = component;
    this.address = address;
  }

  InboardException failure(ErrorCode code, String operation, String reason) {
    return new InboardException(code, component, operation, reason);
  }

  InboardException closed(String operation) {
    return failure(ErrorCode.CANCELLED, operation, "the component is closed");
  }

  /** The request got no answer. */
  InboardException network(String operation, Throwable failure) {
    Throwable cause =
        failure instanceof CompletionException && failure.getCause() != null
            ? failure.getCause()
            : failure;
    if (cause instanceof InboardException known) {
      return known;
    }
    if (!(cause instanceof IOException)) { // nobody knows what its message shows
      return failure(
          ErrorCode.INTERNAL, operation, "unexpected failure: " + cause.getClass().getName());
    }
    if (cause instanceof HttpTimeoutException) {
      String reason =
          "no whole answer from "
              + address
              + " in time; look at the server, or raise 'vaultTimeout'";
      return new InboardException(ErrorCode.TIMEOUT, component, operation, reason, cause);
    }
    if (cause instanceof SSLException && isDistrust(cause)) {
      String reason =
          "the certificate of "
              + address
              + " is not trusted ("
              + deepest(cause)
              + "); give its authority with 'caPem', 'caPath' or 'caCert', or its name with"
              + " 'tlsServerName'";
      return new InboardException(ErrorCode.UNAUTHENTICATED, component, operation, reason, cause);
    }
    if (cause instanceof SSLException) {
      String reason =
          "no TLS with "
              + address
              + " ("
              + deepest(cause)
              + "); does 'vaultAddr' say https to a server that speaks http?";
      return new InboardException(ErrorCode.UNAVAILABLE, component, operation, reason, cause);
    }
    String reason =
        isUnknownHost(cause)
            ? "the host of " + address + " is unknown; correct 'vaultAddr'"
            : address
                + " cannot be reached ("
                + deepest(cause)
                + "); is the server up, and 'vaultAddr' right?";
    return new InboardException(ErrorCode.UNAVAILABLE, component, operation, reason, cause);
  }

  private static boolean isUnknownHost(Throwable cause) {
    return cause instanceof UnknownHostException
        || (cause instanceof ConnectException
            && cause.getCause() instanceof UnresolvedAddressException)
        || cause.getCause() instanceof UnknownHostException;
  }

  private static boolean isDistrust(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof CertificateException || cause instanceof CertPathBuilderException) {
        return true;
      }
    }
    return false;
  }

  private static String deepest(Throwable failure) {
    Throwable cause = failure;
    while (cause.getCause() != null) {
      cause = cause.getCause();
    }
    @Nullable String message = cause.getMessage();
    return message == null ? cause.getClass().getSimpleName() : message;
  }

  /** The server answered, but not with what was asked for. A 403 is looked into by the caller. */
  InboardException status(String operation, VaultAnswer answer) {
    String said = answer.errors().isEmpty() ? "" : " (" + answer.errors() + ")";
    return switch (answer.status()) {
      case 400, 405 ->
          failure(
              answer.mentions("Upgrading from non-versioned")
                  ? ErrorCode.UNAVAILABLE // the first moments of a new engine
                  : ErrorCode.INVALID_ARGUMENT,
              operation,
              "the server refuses the request" + said);
      case 404 -> notFound(operation, answer, said);
      case 412, 429 ->
          failure(
              ErrorCode.EXHAUSTED,
              operation,
              "the server asks for fewer requests" + said + "; raise its quota, or ask less often");
      case 501 ->
          failure(ErrorCode.UNAVAILABLE, operation, address + " is not initialized; initialize it");
      case 503 ->
          failure(
              ErrorCode.UNAVAILABLE,
              operation,
              answer.mentions("sealed") || answer.json().path("sealed").asBoolean()
                  ? address + " is sealed; unseal it"
                  : address + " does not serve now" + said + "; look at the server");
      default ->
          failure(
              answer.status() >= 500 ? ErrorCode.UNAVAILABLE : ErrorCode.INTERNAL,
              operation,
              address + " answers HTTP " + answer.status() + said + "; look at the server's log");
    };
  }

  private InboardException notFound(String operation, VaultAnswer answer, String said) {
    if (answer.mentions("no handler for route")) {
      return failure(
          ErrorCode.NOT_FOUND,
          operation,
          "no engine is mounted there" + said + "; correct 'enginePath' or 'vaultNamespace'");
    }
    if (answer.mentions("versioned K/V")) {
      return failure(
          ErrorCode.NOT_FOUND,
          operation,
          "the engine is a KV engine of version 2; set 'engineVersion' to 2");
    }
    if (answer.mentions("namespace not found")) {
      return failure(
          ErrorCode.NOT_FOUND, operation, "there is no such namespace; correct 'vaultNamespace'");
    }
    String deleted = answer.json().at("/data/metadata/deletion_time").asText();
    if (answer.json().at("/data/metadata/destroyed").asBoolean()) {
      return failure(ErrorCode.NOT_FOUND, operation, "this version is destroyed; write a new one");
    }
    if (!deleted.isEmpty()) {
      return failure(
          ErrorCode.NOT_FOUND,
          operation,
          "this version was deleted at " + deleted + "; undelete it, or write a new one");
    }
    return failure(
        ErrorCode.NOT_FOUND,
        operation,
        "there is no such secret or version; create it, or look at 'vaultKVPrefix',"
            + " 'vaultKVUsePrefix' and 'engineVersion'");
  }

  InboardException permissionDenied(String operation, VaultAnswer answer) {
    return failure(
        ErrorCode.PERMISSION_DENIED,
        operation,
        "the token's policies do not permit it ("
            + answer.errors()
            + "); add the capability 'read'"
            + " (for bulk reads also 'list') on its path");
  }

  InboardException unauthenticated(String operation, String cure) {
    return failure(
        ErrorCode.UNAUTHENTICATED, operation, "the server does not accept the token; " + cure);
  }
}
