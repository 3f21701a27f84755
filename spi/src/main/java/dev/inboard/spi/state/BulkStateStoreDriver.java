package dev.inboard.spi.state;

import dev.inboard.common.InboardException;
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * A store that reads or writes many keys faster together than one by one.
 *
 * <p>Optional. Without it the runtime makes single calls in parallel, with the same outcome. Not
 * atomic: each item succeeds or fails by itself.
 */
public interface BulkStateStoreDriver extends StateStoreDriver {
  /**
   * Reads many keys.
   *
   * @return one item per key, in the order of the keys, duplicates included
   */
  CompletionStage<List<Item>> getBulk(List<String> keys);

  /**
   * Writes and deletes many entries. The operations name different keys.
   *
   * @return one result per operation, in their order
   */
  CompletionStage<List<Result>> writeBulk(List<? extends StateOperation> operations);

  /** What was read for one key: the entry, null when there is none, or the failure. */
  record Item(@Nullable StoredValue value, @Nullable InboardException failure) {}

  /** What became of one write: its new ETag (null for a deletion), or the failure. */
  record Result(@Nullable String etag, @Nullable InboardException failure) {}
}
