package dev.inboard.vault;

import dev.inboard.common.Secret;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** A token that the component's file or the environment gives. */
final class GivenToken implements TokenSource {
  private final Secret token;
  private final VaultFailures failures;

  GivenToken(Secret token, VaultFailures failures) {
    this.token = token;
    this.failures = failures;
  }

  @Override
  public CompletionStage<Secret> current(String operation) {
    return CompletableFuture.completedFuture(token);
  }

  @Override
  public CompletionStage<Secret> replace(Secret refused, String operation) {
    return CompletableFuture.failedFuture(
        failures.unauthenticated(
            operation,
            "it is wrong or has expired: correct 'vaultToken', or let the driver log in"));
  }

  @Override
  public void close() {}
}
