package dev.inboard.spi.state;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A live entry as the store holds it.
 *
 * @param value the stored bytes; the reader must not change them
 * @param etag the version of the entry, opaque; null where the store has none
 * @param expiresAt when the entry ends, or null when it does not
 */
public record StoredValue(byte[] value, @Nullable String etag, @Nullable Instant expiresAt) {}
