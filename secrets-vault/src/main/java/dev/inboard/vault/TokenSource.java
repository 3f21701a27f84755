package dev.inboard.vault;

import dev.inboard.common.Secret;
import java.util.concurrent.CompletionStage;

/** Where the driver's token comes from. Safe for use by many threads. */
interface TokenSource extends AutoCloseable {
  /** Returns the token to use now. */
  CompletionStage<Secret> current(String operation);

  /**
   * Returns another token than one that the server refused, or fails with {@code UNAUTHENTICATED}.
   */
  CompletionStage<Secret> replace(Secret refused, String operation);

  /** Stops what goes on in the background. */
  @Override
  void close();
}
