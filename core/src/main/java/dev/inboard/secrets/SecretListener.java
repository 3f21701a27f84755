package dev.inboard.secrets;

import dev.inboard.common.InboardException;

/**
 * Hears of the changes of a secret.
 *
 * <p>It is never called by two threads at once, and every call sees what earlier ones wrote. It may
 * block: the next look at the secret waits for it.
 */
@FunctionalInterface
public interface SecretListener {
  /**
   * Takes the secret: first as it is when the watch begins, then whenever a value has changed. What
   * it throws is logged.
   */
  void changed(SecretEntry secret);

  /**
   * Takes note that the secret cannot be read, as when it was deleted or the store is out of reach:
   * once until it can be read again. The watch goes on.
   */
  default void failed(InboardException failure) {}
}
