package dev.inboard.aws;

import dev.inboard.common.ErrorCode;
import dev.inboard.common.InboardException;
import java.util.Set;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.ApiCallAttemptTimeoutException;
import software.amazon.awssdk.core.exception.ApiCallTimeoutException;
import software.amazon.awssdk.core.exception.SdkClientException;

/** What the failures of the client mean. */
final class AwsFailures {
  private static final Set<String> BAD_CREDENTIALS =
      Set.of(
          "UnrecognizedClientException",
          "InvalidClientTokenId",
          "InvalidSignatureException",
          "SignatureDoesNotMatch",
          "IncompleteSignature",
          "MissingAuthenticationToken",
          "MissingAuthenticationTokenException",
          "ExpiredTokenException",
          "ExpiredToken");

  private final String component;

  AwsFailures(String component) {
    this.component = component;
  }

  InboardException of(String operation, Throwable failure) {
    if (failure instanceof AwsServiceException refused) {
      return refused(operation, refused);
    }
    if (failure instanceof ApiCallTimeoutException
        || failure instanceof ApiCallAttemptTimeoutException) {
      return failure(
          ErrorCode.TIMEOUT,
          operation,
          "no answer in time; look at the network, or raise 'timeout'",
          failure);
    }
    if (failure instanceof SdkClientException client) {
      return local(operation, client);
    }
    return failure(
        ErrorCode.INTERNAL,
        operation,
        "unexpected failure: " + failure.getClass().getName(), // nobody knows what its text shows
        failure);
  }

  private InboardException refused(String operation, AwsServiceException refused) {
    AwsErrorDetails details = refused.awsErrorDetails();
    boolean whole = details != null && details.errorCode() != null;
    String code = whole ? details.errorCode() : "";
    String said = whole ? " (" + details.errorMessage() + ")" : " and does not say why";
    if (BAD_CREDENTIALS.contains(code)) {
      return failure(
          ErrorCode.UNAUTHENTICATED,
          operation,
          "the service does not accept the credentials" + said + "; correct or renew them",
          refused);
    }
    return switch (code) {
      case "ResourceNotFoundException" ->
          failure(
              ErrorCode.NOT_FOUND,
              operation,
              "there is no such secret or version; create it, or look at 'region'",
              refused);
      case "AccessDeniedException" ->
          failure(
              ErrorCode.PERMISSION_DENIED,
              operation,
              "the credentials do not permit it"
                  + said
                  + "; allow secretsmanager:GetSecretValue (for bulk reads also ListSecrets)",
              refused);
      case "DecryptionFailure" ->
          failure(
              ErrorCode.PERMISSION_DENIED,
              operation,
              "the service cannot decrypt it" + said + "; allow kms:Decrypt on its key",
              refused);
      case "InvalidRequestException" ->
          failure(
              ErrorCode.NOT_FOUND,
              operation,
              "the secret cannot be read as it is" + said + "; was it marked for deletion?",
              refused);
      case "InvalidParameterException", "ValidationException" ->
          failure(
              ErrorCode.INVALID_ARGUMENT,
              operation,
              "the service refuses the request" + said,
              refused);
      default -> other(operation, refused, said, whole);
    };
  }

  private InboardException other(
      String operation, AwsServiceException refused, String said, boolean whole) {
    boolean throttled = refused.statusCode() == 429 || (whole && refused.isThrottlingException());
    if (throttled) {
      return failure(
          ErrorCode.EXHAUSTED,
          operation,
          "the service asks for fewer requests" + said + "; raise cacheMaxAge or the quota",
          refused);
    }
    return failure(
        refused.statusCode() >= 500 ? ErrorCode.UNAVAILABLE : ErrorCode.INTERNAL,
        operation,
        "the service answers HTTP " + refused.statusCode() + said,
        refused);
  }

  private InboardException local(String operation, SdkClientException client) {
    String text = String.valueOf(client.getMessage());
    if (text.contains("Unable to load credentials")) {
      return failure(
          ErrorCode.UNAUTHENTICATED,
          operation,
          "no credentials found; give 'accessKey' and 'secretKey', or a role to the machine",
          client);
    }
    if (text.contains("Unable to load region")) {
      return failure(
          ErrorCode.INVALID_ARGUMENT, operation, "no region found; give 'region'", client);
    }
    return failure(
        ErrorCode.UNAVAILABLE,
        operation,
        "the service cannot be reached ("
            + deepest(client)
            + "); look at the network, 'region' and 'endpoint'",
        client);
  }

  private static String deepest(Throwable failure) {
    Throwable cause = failure;
    while (cause.getCause() != null) {
      cause = cause.getCause();
    }
    String message = cause.getMessage();
    return message == null ? cause.getClass().getSimpleName() : message;
  }

  InboardException failure(ErrorCode code, String operation, String reason, Throwable cause) {
    return new InboardException(code, component, operation, reason, cause);
  }
}
