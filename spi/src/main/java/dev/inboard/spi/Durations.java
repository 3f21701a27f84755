package dev.inboard.spi;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads the small values of resource files as Dapr does: time spans in Go's spelling, truth values,
 * numbers.
 *
 * <p>Every method throws {@link IllegalArgumentException} with a message that continues "'text' …".
 */
public final class Durations {
  private static final Pattern PART =
      Pattern.compile("(\\d+(?:\\.\\d*)?|\\.\\d+)(ns|us|µs|μs|ms|s|m|h)");
  private static final Set<String> TRUE = Set.of("y", "yes", "true", "t", "on", "1");

  private Durations() {}

  /**
   * Reads a time span such as {@code 300ms}, {@code 1h30m} or {@code -5s}.
   *
   * @param unit what a bare number counts
   */
  public static Duration parse(String text, Duration unit) {
    String span = text.strip();
    if (span.matches("[+-]?\\d+")) {
      try {
        return unit.multipliedBy(Long.parseLong(span));
      } catch (NumberFormatException | ArithmeticException e) {
        throw tooLarge(e);
      }
    }
    boolean negative = span.startsWith("-");
    String rest = negative || span.startsWith("+") ? span.substring(1) : span;
    Matcher part = PART.matcher(rest);
    BigDecimal nanos = BigDecimal.ZERO;
    int end = 0;
    while (part.find() && part.start() == end) {
      nanos =
          nanos.add(
              new BigDecimal(part.group(1)).multiply(BigDecimal.valueOf(nanosIn(part.group(2)))));
      end = part.end();
    }
    if (end == 0 || end != rest.length()) {
      throw new IllegalArgumentException("is no duration; write it like 500ms, 5s or 1h30m");
    }
    try {
      Duration duration =
          Duration.ofNanos(nanos.setScale(0, java.math.RoundingMode.DOWN).longValueExact());
      return negative ? duration.negated() : duration;
    } catch (ArithmeticException e) {
      throw tooLarge(e);
    }
  }

  private static long nanosIn(String unit) {
    return switch (unit) {
      case "ns" -> 1L;
      case "ms" -> 1_000_000L;
      case "s" -> 1_000_000_000L;
      case "m" -> 60_000_000_000L;
      case "h" -> 3_600_000_000_000L;
      default -> 1_000L; // us, with either of the two signs for micro
    };
  }

  private static IllegalArgumentException tooLarge(RuntimeException cause) {
    return new IllegalArgumentException("is too large a duration", cause);
  }

  static boolean isTrue(String text) {
    return TRUE.contains(text.strip().toLowerCase(Locale.ROOT));
  }

  static boolean strictBool(String text) {
    return switch (text) {
      case "1", "t", "T", "TRUE", "true", "True" -> true;
      case "0", "f", "F", "FALSE", "false", "False" -> false;
      default -> throw new IllegalArgumentException("is neither true nor false");
    };
  }

  static int integer(String text, int least, int most) {
    return (int) bigInteger(text, least, most);
  }

  static long bigInteger(String text, long least, long most) {
    long number;
    try {
      number = Long.parseLong(text.strip());
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException("is no whole number", e);
    }
    if (number < least || number > most) {
      throw new IllegalArgumentException("is not between " + least + " and " + most);
    }
    return number;
  }
}
