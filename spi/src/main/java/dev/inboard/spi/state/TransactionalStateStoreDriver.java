package dev.inboard.spi.state;

import java.util.List;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * A store with {@link dev.inboard.spi.Feature#TRANSACTIONAL}: several writes take effect together
 * or not at all.
 */
public interface TransactionalStateStoreDriver extends StateStoreDriver {
  /**
   * Carries out the operations in their order, in one atomic step that no reader sees half of.
   *
   * <p>A later operation sees what an earlier one did to the same key. When one fails (a wrong ETag
   * included, which is reported as {@code ETAG_MISMATCH} with the key in the operation), none has
   * any effect.
   *
   * @param operations at least one
   * @return the new ETag per operation, null for deletions
   */
  CompletionStage<List<@Nullable String>> transact(List<? extends StateOperation> operations);
}
