package dev.inboard.internal.secrets;

import dev.inboard.internal.resources.ComponentResource;
import dev.inboard.spi.ComponentSpec;
import dev.inboard.spi.Option;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The metadata fields of a secret store that mean the same for every provider. */
public final class SecretOptions {
  private static final Duration SHORTEST_PAUSE = Duration.ofSeconds(1);

  static final Option<Duration> CACHE_MAX_AGE =
      Option.duration("cacheMaxAge")
          .or(Duration.ofSeconds(30))
          .about(
              "How old a secret may be that is served without asking the store; 0: the store is asked every time");

  static final Option<Duration> CACHE_MAX_STALE =
      Option.duration("cacheMaxStale")
          .or(Duration.ofHours(1))
          .about(
              "How old a secret may be that is served while the store cannot be reached or cannot serve; 0: such reads"
                  + " fail");

  static final Option<Duration> REFRESH_INTERVAL =
      Option.duration("refreshInterval")
          .or(Duration.ofMinutes(1))
          .about(
              "How often the secrets that components refer to, and those that are watched, are read again; 0: never");

  /** Every field that the runtime itself reads, beside those of the provider. */
  public static final List<Option<?>> OPTIONS =
      List.of(CACHE_MAX_AGE, CACHE_MAX_STALE, REFRESH_INTERVAL);

  private SecretOptions() {}

  /** Returns what is wrong with the fields, every problem with its cure. */
  public static List<String> check(ComponentResource resource, ComponentSpec spec) {
    return Stream.of(CACHE_MAX_AGE, CACHE_MAX_STALE, REFRESH_INTERVAL)
        .filter(option -> spec.get(option).isNegative())
        .map(option -> "field '" + option.name() + "' is negative; use 0 or more")
        .toList();
  }

  /**
   * Returns how long to wait until the secrets of a store are read again: its interval, a little
   * less or more so that many processes do not ask at the same time, and less when a lease ends.
   *
   * @param expiresAt the first end of a lease; null: none ends
   * @return null: never
   */
  public static @Nullable Duration pause(
      ComponentSpec store, @Nullable Instant expiresAt, Clock clock) {
    Duration interval = store.get(REFRESH_INTERVAL);
    if (interval.isZero()) {
      return null;
    }
    Duration pause =
        Duration.ofNanos(
            (long) (interval.toNanos() * ThreadLocalRandom.current().nextDouble(0.9, 1.1)));
    if (expiresAt == null) {
      return pause;
    }
    Duration left = Duration.between(clock.instant(), expiresAt).multipliedBy(2).dividedBy(3);
    Duration sooner = left.compareTo(SHORTEST_PAUSE) < 0 ? SHORTEST_PAUSE : left;
    return sooner.compareTo(pause) < 0 ? sooner : pause;
  }
}
