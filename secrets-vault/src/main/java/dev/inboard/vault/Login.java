package dev.inboard.vault;

import dev.inboard.common.ErrorCode;
import dev.inboard.common.Secret;
import dev.inboard.spi.ComponentSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * How to log in: where, as whom, and with what.
 *
 * @param mount the path of the login method, such as {@code auth/approle}
 * @param identityField what the request calls the identity
 * @param identity the role or role id; no secret
 * @param credentialField what the request calls the credential
 * @param credential the credential, unless a file has it
 * @param credentialFile the file with the credential, read at every login
 */
record Login(
    String mount,
    String identityField,
    String identity,
    String credentialField,
    @Nullable Secret credential,
    @Nullable Path credentialFile) {

  /** Returns the login that the component asks for; its fields have been checked. */
  static Login of(ComponentSpec spec) {
    return switch (spec.get(VaultOptions.AUTH_METHOD)) {
      case APPROLE ->
          new Login(
              "auth/" + VaultPaths.encoded(spec.get(VaultOptions.APPROLE_MOUNT)),
              "role_id",
              Objects.requireNonNull(spec.get(VaultOptions.ROLE_ID)),
              "secret_id",
              spec.get(VaultOptions.SECRET_ID),
              spec.get(VaultOptions.SECRET_ID_FILE));
      case KUBERNETES ->
          new Login(
              "auth/" + VaultPaths.encoded(spec.get(VaultOptions.KUBERNETES_MOUNT)),
              "role",
              Objects.requireNonNull(spec.get(VaultOptions.KUBERNETES_ROLE)),
              "jwt",
              null,
              spec.get(VaultOptions.SERVICE_ACCOUNT_TOKEN_FILE));
      case JWT ->
          new Login(
              "auth/" + VaultPaths.encoded(spec.get(VaultOptions.JWT_MOUNT)),
              "role",
              Objects.requireNonNull(spec.get(VaultOptions.JWT_ROLE)),
              "jwt",
              spec.get(VaultOptions.JWT),
              spec.get(VaultOptions.JWT_FILE));
      case TOKEN -> throw new IllegalArgumentException("a token needs no login");
    };
  }

  /** Returns the body of the login request. */
  Map<String, String> body(VaultFailures failures, String operation) {
    return Map.of(
        identityField, identity, credentialField, credential(failures, operation).reveal());
  }

  private Secret credential(VaultFailures failures, String operation) {
    if (credentialFile == null) {
      return Objects.requireNonNull(credential, "credential");
    }
    try {
      return Secret.of(Files.readString(credentialFile).strip());
    } catch (IOException e) {
      throw failures.failure(
          ErrorCode.UNAUTHENTICATED,
          operation,
          "'" + credentialFile + "', which the login needs, cannot be read; correct the path");
    }
  }
}
