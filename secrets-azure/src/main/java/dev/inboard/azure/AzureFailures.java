package dev.inboard.azure;

import com.azure.core.exception.ClientAuthenticationException;
import com.azure.core.exception.HttpResponseException;
import com.azure.identity.CredentialUnavailableException;
import com.microsoft.aad.msal4j.MsalException;
import dev.inboard.common.ErrorCode;
import dev.inboard.common.InboardException;
import java.io.IOException;
import java.net.http.HttpTimeoutException;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** What the failures of the client mean. */
final class AzureFailures {
  private final String component;

  AzureFailures(String component) {
    this.component = component;
  }

  InboardException of(String operation, Throwable failure) {
    if (find(failure, HttpTimeoutException.class) != null
        || find(failure, TimeoutException.class) != null) {
      return failure(
          ErrorCode.TIMEOUT,
          operation,
          "no answer in time; look at the network, or raise 'timeout'",
          failure);
    }
    IOException network = find(failure, IOException.class);
    if (network != null) {
      return failure(
          ErrorCode.UNAVAILABLE,
          operation,
          "the vault or the login service cannot be reached ("
              + deepest(network)
              + "); look at the network, 'vaultName' and 'azureEnvironment'",
          failure);
    }
    if (failure instanceof CredentialUnavailableException) {
      return failure(
          ErrorCode.UNAUTHENTICATED,
          operation,
          "no credentials found; give 'azureClientId' and 'azureClientSecret', or an identity to the machine",
          null);
    }
    HttpResponseException refused = find(failure, HttpResponseException.class);
    if (refused != null && refused.getResponse() != null) {
      return refused(operation, refused, refused.getResponse().getStatusCode());
    }
    if (find(failure, ClientAuthenticationException.class) != null
        || find(failure, MsalException.class) != null) {
      return badCredentials(operation);
    }
    return failure(
        ErrorCode.INTERNAL,
        operation,
        "unexpected failure: " + failure.getClass().getName(), // nobody knows what its text shows
        failure);
  }

  private InboardException refused(String operation, HttpResponseException refused, int status) {
    return switch (status) {
      case 400 ->
          failure(ErrorCode.INVALID_ARGUMENT, operation, "the vault refuses the request", refused);
      case 401 -> badCredentials(operation);
      case 403 -> forbidden(operation, refused);
      case 404 ->
          failure(
              ErrorCode.NOT_FOUND,
              operation,
              "there is no such secret or version; create it, or look at 'vaultName'",
              refused);
      case 429 ->
          failure(
              ErrorCode.EXHAUSTED,
              operation,
              "the vault asks for fewer requests; raise cacheMaxAge",
              refused);
      default ->
          failure(
              status >= 500 ? ErrorCode.UNAVAILABLE : ErrorCode.INTERNAL,
              operation,
              "the vault answers HTTP " + status,
              refused);
    };
  }

  private InboardException forbidden(String operation, HttpResponseException refused) {
    boolean disabled = String.valueOf(refused.getMessage()).contains("SecretDisabled");
    return failure(
        ErrorCode.PERMISSION_DENIED,
        operation,
        disabled
            ? "the secret is disabled; enable it"
            : "the identity may not do it; give it the role Key Vault Secrets User (for bulk reads also list)",
        refused);
  }

  /** Without its cause, whose text may tell of the login. */
  private InboardException badCredentials(String operation) {
    return failure(
        ErrorCode.UNAUTHENTICATED,
        operation,
        "the credentials are not accepted; look at 'azureTenantId', 'azureClientId' and what proves it",
        null);
  }

  private static <E extends Throwable> @Nullable E find(Throwable failure, Class<E> type) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (type.isInstance(cause)) {
        return type.cast(cause);
      }
    }
    return null;
  }

  private static String deepest(Throwable failure) {
    Throwable cause = failure;
    while (cause.getCause() != null) {
      cause = cause.getCause();
    }
    String message = cause.getMessage();
    return message == null ? cause.getClass().getSimpleName() : message;
  }

  InboardException failure(
      ErrorCode code, String operation, String reason, @Nullable Throwable cause) {
    return cause == null
        ? new InboardException(code, component, operation, reason)
        : new InboardException(code, component, operation, reason, cause);
  }
}
