package dev.inboard.state;

import dev.inboard.common.ErrorCode;
import dev.inboard.common.InboardException;
import dev.inboard.spi.state.Concurrency;
import dev.inboard.spi.state.Consistency;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Under which conditions, and for how long, an entry is written.
 *
 * <pre>{@code
 * orders.save("17", order, SaveOptions.ifMatch(entry.etag()));
 * orders.save("18", order, SaveOptions.firstWrite().withTtl(Duration.ofHours(1)));
 * }</pre>
 *
 * @param etag the ETag that the live entry must have; null: no such condition
 * @param concurrency {@link Concurrency#FIRST_WRITE} without an ETag: only if there is no live
 *     entry
 * @param consistency {@link Consistency#STRONG}: answer only when the replicas that the store can
 *     wait for have it
 * @param ttl how long the entry lives, at most 2,147,483,647 seconds, rounded up to what the store
 *     counts in (at least to a millisecond); null: for ever, also when the entry that is
 *     overwritten would have ended
 * @param contentType what the value is; null: what the codec says, and nothing for {@code byte[]}.
 *     {@code text/…} makes a {@code String} be stored as bare text
 */
public record SaveOptions(
    @Nullable String etag,
    Concurrency concurrency,
    Consistency consistency,
    @Nullable Duration ttl,
    @Nullable String contentType) {
  private static final Duration LONGEST = Duration.ofSeconds(Integer.MAX_VALUE);

  /** Overwrites whatever is there, for ever. */
  public static final SaveOptions DEFAULT =
      new SaveOptions(null, Concurrency.LAST_WRITE, Consistency.EVENTUAL, null, null);

  /** Checks ETag and time to live. */
  public SaveOptions {
    Objects.requireNonNull(concurrency, "concurrency");
    Objects.requireNonNull(consistency, "consistency");
    if (etag != null) {
      checkedEtag(etag, "save");
    }
    if (ttl != null) {
      if (ttl.isNegative() || ttl.isZero() || ttl.compareTo(LONGEST) > 0) {
        throw new InboardException(
            ErrorCode.INVALID_ARGUMENT,
            null,
            "save",
            "the time to live "
                + ttl
                + " is not positive, or longer than "
                + LONGEST.toSeconds()
                + " seconds; leave it out for an entry without an end");
      }
      ttl = ttl.plusNanos(999_999).truncatedTo(ChronoUnit.MILLIS);
    }
  }

  static String checkedEtag(@Nullable String etag, String operation) {
    if (etag == null || etag.isEmpty()) {
      throw new InboardException(
          ErrorCode.INVALID_ARGUMENT,
          null,
          operation,
          "the ETag is "
              + (etag == null ? "null" : "empty")
              + "; leave the condition out to write in any case");
    }
    return etag;
  }

  /**
   * Writes only if the live entry has this ETag.
   *
   * @param etag as an entry or an earlier write told it
   * @throws InboardException {@code INVALID_ARGUMENT} when it is null or empty, which is no
   *     condition
   */
  public static SaveOptions ifMatch(@Nullable String etag) {
    return DEFAULT.withEtag(etag);
  }

  /** Writes only if there is no live entry. */
  public static SaveOptions firstWrite() {
    return DEFAULT.withConcurrency(Concurrency.FIRST_WRITE);
  }

  /** Writes an entry that ends after a while. */
  public static SaveOptions expiringAfter(Duration ttl) {
    return DEFAULT.withTtl(ttl);
  }

  /** The same, only if the live entry has this ETag. */
  public SaveOptions withEtag(@Nullable String etag) {
    return new SaveOptions(checkedEtag(etag, "save"), concurrency, consistency, ttl, contentType);
  }

  /** The same under another rule for writers that were there first. */
  public SaveOptions withConcurrency(Concurrency concurrency) {
    return new SaveOptions(etag, concurrency, consistency, ttl, contentType);
  }

  /** The same, acknowledged as soon, or as late, as given. */
  public SaveOptions withConsistency(Consistency consistency) {
    return new SaveOptions(etag, concurrency, consistency, ttl, contentType);
  }

  /** The same for an entry that ends after a while. */
  public SaveOptions withTtl(Duration ttl) {
    return new SaveOptions(
        etag, concurrency, consistency, Objects.requireNonNull(ttl, "ttl"), contentType);
  }

  /** The same for a value of this content type. */
  public SaveOptions withContentType(String contentType) {
    return new SaveOptions(etag, concurrency, consistency, ttl, contentType);
  }
}
