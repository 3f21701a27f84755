package dev.inboard.kafka;

import dev.inboard.spi.Durations;
import dev.inboard.spi.Option;
import java.time.Duration;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Fields that are time spans, within what the client can count. */
final class TimeSpans {
  private static final Duration LONGEST = Duration.ofDays(24); // an int of milliseconds, and slack

  private TimeSpans() {}

  /** A field whose bare numbers count seconds. */
  static Option<@Nullable Duration> seconds(String name, long leastMillis) {
    return Option.of(name, Option.Kind.DURATION, parser(Duration.ofSeconds(1), leastMillis));
  }

  /** A field whose bare numbers count milliseconds. */
  static Option<@Nullable Duration> millis(String name, long leastMillis) {
    return Option.of(name, Option.Kind.MILLIS, parser(Duration.ofMillis(1), leastMillis));
  }

  private static Function<String, Duration> parser(Duration unit, long leastMillis) {
    Duration least = Duration.ofMillis(leastMillis);
    return text -> {
      Duration span = Durations.parse(text, unit);
      if (span.compareTo(least) < 0 || span.compareTo(LONGEST) > 0) {
        throw new IllegalArgumentException(
            "is not between " + leastMillis + "ms and " + LONGEST.toHours() + "h");
      }
      return span;
    };
  }
}
