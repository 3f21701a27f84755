package dev.inboard.state;

import dev.inboard.common.InboardException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What became of one key of a bulk read: its entry, nothing, or a failure.
 *
 * @param key the key asked for
 * @param entry null when there is none, or when it could not be read
 * @param failure why it could not be read; null when it could
 */
public record BulkEntry<T>(
    String key, @Nullable StateEntry<T> entry, @Nullable InboardException failure) {
  /**
   * Returns the entry, or empty if there is none.
   *
   * @throws InboardException the failure, if it could not be read
   */
  public Optional<StateEntry<T>> orThrow() {
    if (failure != null) {
      throw failure;
    }
    return Optional.ofNullable(entry);
  }
}
