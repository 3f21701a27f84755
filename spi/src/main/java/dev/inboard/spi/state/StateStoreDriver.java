package dev.inboard.spi.state;

import dev.inboard.spi.Driver;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * One opened state store: bytes by key.
 *
 * <p>Keys arrive with their prefix, checked and never empty. Values are bytes and come back the
 * same, byte for byte. An expired entry is an absent entry. The ETag rules are the same on every
 * store:
 *
 * <ul>
 *   <li>An ETag that is not the live entry's, malformed ones included, fails with {@code
 *       ETAG_MISMATCH}; so does any ETag on an absent key.
 *   <li>{@link Concurrency#FIRST_WRITE} without an ETag means create: on a live entry it fails with
 *       {@code ETAG_MISMATCH}.
 *   <li>Every successful write gives the entry an ETag it never had before.
 * </ul>
 *
 * Stores without {@link dev.inboard.spi.Feature#ETAG} are never given an ETag or {@code
 * FIRST_WRITE}; stores without {@link dev.inboard.spi.Feature#TTL} are never given a time to live.
 */
public interface StateStoreDriver extends Driver {
  /** Returns the live entry under a key, or null when there is none. */
  CompletionStage<@Nullable StoredValue> get(String key);

  /** Writes an entry and returns its new ETag, or null where the store has none. */
  CompletionStage<@Nullable String> set(StateOperation.Set set);

  /** Deletes an entry. Deleting an absent key without an ETag succeeds. */
  CompletionStage<Void> delete(StateOperation.Delete delete);
}
