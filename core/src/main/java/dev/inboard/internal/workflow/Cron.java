package dev.inboard.internal.workflow;

import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.BitSet;
import java.util.List;
import java.util.Locale;

/**
 * Times by cron expression: five fields, or six with seconds first. Lists, ranges, steps and
 * English names are understood. When both day fields are restricted, a day that meets either one
 * counts.
 *
 * <p>A local time that a clock change skips is served when the clock has moved on; one that comes
 * twice is served once.
 */
final class Cron {
  private static final List<String> MONTHS =
      List.of("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC");
  private static final List<String> DAYS = List.of("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT");
  private static final int SEARCH_YEARS = 10;

  private final BitSet seconds;
  private final BitSet minutes;
  private final BitSet hours;
  private final BitSet daysOfMonth;
  private final BitSet months;
  private final BitSet daysOfWeek;
  private final boolean eitherDay;

  private Cron(List<String> fields) {
    seconds = parse(fields.get(0), 0, 59, List.of(), 0);
    minutes = parse(fields.get(1), 0, 59, List.of(), 0);
    hours = parse(fields.get(2), 0, 23, List.of(), 0);
    daysOfMonth = parse(fields.get(3), 1, 31, List.of(), 0);
    months = parse(fields.get(4), 1, 12, MONTHS, 1);
    daysOfWeek = parse(fields.get(5), 0, 7, DAYS, 0);
    if (daysOfWeek.get(7)) {
      daysOfWeek.set(0);
    }
    eitherDay = isRestricted(fields.get(3)) && isRestricted(fields.get(5));
  }

  /**
   * Reads an expression.
   *
   * @throws IllegalArgumentException saying which field is wrong
   */
  static Cron parse(String expression) {
    List<String> fields = List.of(expression.strip().split("\\s+"));
    if (fields.size() == 5) {
      fields =
          List.of("0", fields.get(0), fields.get(1), fields.get(2), fields.get(3), fields.get(4));
    }
    if (fields.size() != 6) {
      throw new IllegalArgumentException(
          "cron '" + expression + "' has " + fields.size() + " fields, but must have 5 or 6");
    }
    Cron cron = new Cron(fields);
    if (cron.nextLocal(LocalDateTime.of(2024, 1, 1, 0, 0)) == null) {
      throw new IllegalArgumentException("cron '" + expression + "' never comes");
    }
    return cron;
  }

  private static boolean isRestricted(String field) {
    return !field.equals("*") && !field.equals("?");
  }

  private static BitSet parse(String field, int least, int most, List<String> names, int first) {
    BitSet set = new BitSet();
    for (String part : field.split(",", -1)) {
      String[] step = part.split("/", 2);
      int from = least;
      int to = most;
      if (isRestricted(step[0])) {
        String[] range = step[0].split("-", 2);
        from = number(range[0], names, first, field);
        to =
            range.length == 2
                ? number(range[1], names, first, field)
                : step.length == 2 ? most : from;
      }
      int by = step.length == 2 ? number(step[1], List.of(), 0, field) : 1;
      if (from < least || to > most || from > to || by < 1) {
        throw new IllegalArgumentException(
            "cron field '" + field + "' must be between " + least + " and " + most);
      }
      for (int value = from; value <= to; value += by) {
        set.set(value);
      }
    }
    return set;
  }

  private static int number(String text, List<String> names, int first, String field) {
    int named = names.indexOf(text.toUpperCase(Locale.ROOT));
    if (named >= 0) {
      return named + first;
    }
    try {
      return Integer.parseInt(text);
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(
          "cron field '" + field + "': '" + text + "' is no number", e);
    }
  }

  /** Returns the first time after the given one. */
  Instant next(Instant after, ZoneId zone) {
    LocalDateTime local = LocalDateTime.ofInstant(after, zone);
    while (true) {
      LocalDateTime found = nextLocal(local);
      if (found == null) {
        throw new IllegalStateException("no time matches");
      }
      Instant instant = found.atZone(zone).toInstant();
      if (instant.isAfter(after)) {
        return instant;
      }
      local = found;
    }
  }

  @SuppressWarnings("JavaLocalDateTimeGetNano") // whole seconds are meant
  private @org.jspecify.annotations.Nullable LocalDateTime nextLocal(LocalDateTime after) {
    LocalDateTime time = after.truncatedTo(ChronoUnit.SECONDS).plusSeconds(1);
    int lastYear = time.getYear() + SEARCH_YEARS;
    while (time.getYear() <= lastYear) {
      if (!months.get(time.getMonthValue())) {
        time = time.withDayOfMonth(1).truncatedTo(ChronoUnit.DAYS).plusMonths(1);
      } else if (!isDay(time)) {
        time = time.truncatedTo(ChronoUnit.DAYS).plusDays(1);
      } else if (!hours.get(time.getHour())) {
        time = time.truncatedTo(ChronoUnit.HOURS).plusHours(1);
      } else if (!minutes.get(time.getMinute())) {
        time = time.truncatedTo(ChronoUnit.MINUTES).plusMinutes(1);
      } else if (!seconds.get(time.getSecond())) {
        time = time.plusSeconds(1);
      } else {
        return time;
      }
    }
    return null;
  }

  private boolean isDay(LocalDateTime time) {
    boolean month = daysOfMonth.get(time.getDayOfMonth());
    boolean week = daysOfWeek.get(time.getDayOfWeek().getValue() % 7);
    return eitherDay ? month || week : month && week;
  }
}
