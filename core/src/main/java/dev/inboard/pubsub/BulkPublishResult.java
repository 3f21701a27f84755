package dev.inboard.pubsub;

import dev.inboard.common.InboardException;
import java.util.List;

/**
 * What became of a bulk publish.
 *
 * @param failed the entries that were not published, in the order of the call; empty when all were
 */
public record BulkPublishResult(List<FailedEntry> failed) {
  /** Copies the list. */
  public BulkPublishResult {
    failed = List.copyOf(failed);
  }

  /** An entry that was not published, and why. */
  public record FailedEntry(String entryId, InboardException failure) {}

  /** Says whether every entry was published. */
  public boolean isComplete() {
    return failed.isEmpty();
  }

  /**
   * Does nothing when every entry was published.
   *
   * @throws InboardException the first failure
   */
  public void orThrow() {
    if (!failed.isEmpty()) {
      throw failed.get(0).failure();
    }
  }
}
