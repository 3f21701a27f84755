package dev.inboard.sqlite;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;

/**
 * Times as the tables hold them: {@code 2026-01-31 13:05:09}, in UTC, to the second. They sort like
 * the times they stand for.
 */
final class Timestamps {
  private static final DateTimeFormatter FORMAT =
      DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss");

  /** The last second that has four digits for its year: as good as never. */
  private static final Instant LAST = Instant.parse("9999-12-31T23:59:59Z");

  private Timestamps() {}

  /** Writes a time, leaving out the fraction of its second. */
  static String text(Instant time) {
    return FORMAT.format(time.atOffset(ZoneOffset.UTC));
  }

  /**
   * Writes the time when something ends that lives from {@code now} on: the first full second at
   * which it has lived long enough.
   */
  static String end(Instant now, Duration life) {
    if (life.compareTo(Duration.between(now, LAST)) > 0) {
      return text(LAST);
    }
    Instant end = now.plus(life);
    Instant second = end.truncatedTo(ChronoUnit.SECONDS);
    return text(second.equals(end) ? end : second.plusSeconds(1));
  }

  /**
   * Reads a time; null when the text is none. A fraction, a {@code T} and a {@code Z} may be there.
   */
  static @Nullable Instant parse(String text) {
    String iso = text.strip().replace(' ', 'T');
    if (iso.endsWith("Z")) {
      iso = iso.substring(0, iso.length() - 1);
    }
    try {
      return LocalDateTime.parse(iso).toInstant(ZoneOffset.UTC);
    } catch (DateTimeParseException e) {
      return null;
    }
  }
}
