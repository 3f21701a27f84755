package dev.inboard.state;

import dev.inboard.common.InboardException;
import org.jspecify.annotations.Nullable;

/**
 * What became of one change of a bulk write.
 *
 * @param key the key of the change
 * @param etag the new ETag; null for a deletion, for a failure, and where the store has no ETags
 * @param failure why the change has not taken effect; null when it has
 */
public record BulkResult(String key, @Nullable String etag, @Nullable InboardException failure) {
  /** Says whether the change has taken effect. */
  public boolean succeeded() {
    return failure == null;
  }

  /**
   * Returns the new ETag, as {@link #etag}.
   *
   * @throws InboardException the failure, if there is one
   */
  public @Nullable String orThrow() {
    if (failure != null) {
      throw failure;
    }
    return etag;
  }
}
