package dev.inboard.spi.state;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** One write to a state store. */
public sealed interface StateOperation {
  /** Returns the key, with its prefix. */
  String key();

  /** Returns the ETag the live entry must have, or null when any will do. */
  @Nullable String etag();

  /** Returns what happens when another writer was there first. */
  Concurrency concurrency();

  /**
   * Writes an entry.
   *
   * @param value stored as it is; may be empty; not changed by anyone while the operation runs
   * @param contentType what the bytes are, such as {@code application/json}, or null when unknown
   * @param ttl how long the entry lives, 1 ms to 2,147,483,647 s; null: for ever, which also ends
   *     the time to live of an entry that is overwritten. Stores that count in seconds round up
   * @param consistency {@link Consistency#STRONG}: acknowledge only when the replicas the store can
   *     wait for have it
   */
  record Set(
      String key,
      byte[] value,
      @Nullable String contentType,
      @Nullable String etag,
      Concurrency concurrency,
      Consistency consistency,
      @Nullable Duration ttl)
      implements StateOperation {
    /** Writes bytes, last write wins. */
    public static Set of(String key, byte[] value) {
      return new Set(key, value, null, null, Concurrency.LAST_WRITE, Consistency.EVENTUAL, null);
    }

    /** The same write, if the live entry has this ETag. */
    public Set ifMatch(String etag) {
      return new Set(key, value, contentType, etag, concurrency, consistency, ttl);
    }

    /** The same write under another rule. */
    public Set with(Concurrency concurrency) {
      return new Set(key, value, contentType, etag, concurrency, consistency, ttl);
    }

    /** The same write of an entry that ends after a while. */
    public Set expiringAfter(Duration ttl) {
      return new Set(key, value, contentType, etag, concurrency, consistency, ttl);
    }
  }

  /** Deletes an entry. */
  record Delete(String key, @Nullable String etag, Concurrency concurrency)
      implements StateOperation {
    /** Deletes whatever is there. */
    public static Delete of(String key) {
      return new Delete(key, null, Concurrency.LAST_WRITE);
    }

    /** The same deletion, if the live entry has this ETag. */
    public Delete ifMatch(String etag) {
      return new Delete(key, etag, concurrency);
    }
  }
}
