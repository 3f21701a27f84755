package dev.inboard.local;

import dev.inboard.local.CronField.Unit;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.time.zone.ZoneOffsetTransition;
import java.time.zone.ZoneRules;
import org.jspecify.annotations.Nullable;

/**
 * The times that the fields of a cron expression describe.
 *
 * <p>Where clocks are changed, a schedule that fixes hour and minute comes exactly once: a time
 * that is skipped comes at the end of the gap, a time that is shown twice comes at its first. A
 * schedule whose hour or minute begins with {@code *} follows the time that really passes, so
 * "every hour" stays an hour.
 */
record CronTimes(
    CronField seconds,
    CronField minutes,
    CronField hours,
    CronField days,
    CronField months,
    CronField weekdays,
    ZoneId zone)
    implements CronSchedule {
  /** The longest wait between two times: 29 February around 2100, which is no leap year. */
  private static final int YEARS = 9;

  static CronTimes parse(String text, ZoneId zone) {
    String[] fields = text.isBlank() ? new String[0] : text.strip().split("\\s+");
    if (fields.length != 5 && fields.length != 6) {
      throw new IllegalArgumentException(
          "has "
              + fields.length
              + " fields; a schedule has 5 (minute hour day month weekday), or 6"
              + " with the second before them");
    }
    int shift = fields.length - 5;
    CronTimes times =
        new CronTimes(
            CronField.parse(shift == 1 ? fields[0] : "0", Unit.SECOND),
            CronField.parse(fields[shift], Unit.MINUTE),
            CronField.parse(fields[shift + 1], Unit.HOUR),
            CronField.parse(fields[shift + 2], Unit.DAY_OF_MONTH),
            CronField.parse(fields[shift + 3], Unit.MONTH),
            CronField.parse(fields[shift + 4], Unit.DAY_OF_WEEK),
            zone);
    if (times.atOrAfter(LocalDateTime.of(2000, 1, 1, 0, 0)) == null) {
      throw new IllegalArgumentException("names a day that no year has");
    }
    return times;
  }

  @Override
  public @Nullable Instant next(Instant start, Instant after) {
    return minutes.open() || hours.open() ? nextAsTimePasses(after) : nextByTheClock(after);
  }

  /** Looks for the next time within each span between two changes of the clock. */
  private @Nullable Instant nextAsTimePasses(Instant after) {
    ZoneRules rules = zone.getRules();
    Instant from = after.truncatedTo(ChronoUnit.SECONDS).plusSeconds(1);
    while (true) {
      ZoneOffset offset = rules.getOffset(from);
      LocalDateTime match = atOrAfter(LocalDateTime.ofInstant(from, offset));
      if (match == null) {
        return null;
      }
      ZoneOffsetTransition change = rules.nextTransition(from);
      Instant candidate = match.toInstant(offset);
      if (change == null || candidate.isBefore(change.getInstant())) {
        return candidate;
      }
      from = change.getInstant();
    }
  }

  /** Looks for the next time on the calendar, then for the moment when clocks show it first. */
  private @Nullable Instant nextByTheClock(Instant after) {
    LocalDateTime from = LocalDateTime.ofInstant(after, zone);
    while (true) {
      LocalDateTime match = atOrAfter(from.truncatedTo(ChronoUnit.SECONDS).plusSeconds(1));
      if (match == null) {
        return null;
      }
      ZoneOffsetTransition change = zone.getRules().getTransition(match);
      Instant moment =
          change != null && change.isGap()
              ? change.getInstant()
              : match.atZone(zone).withEarlierOffsetAtOverlap().toInstant();
      if (moment.isAfter(after)) {
        return moment;
      }
      from = match;
    }
  }

  /** Returns the first matching calendar time that is not before {@code from}, or null. */
  private @Nullable LocalDateTime atOrAfter(LocalDateTime from) {
    LocalTime earliest = from.toLocalTime();
    LocalDate last = from.toLocalDate().plusYears(YEARS);
    for (LocalDate day = from.toLocalDate(); day.isBefore(last); day = day.plusDays(1)) {
      if (matches(day)) {
        LocalTime time = atOrAfter(earliest);
        if (time != null) {
          return day.atTime(time);
        }
      }
      earliest = LocalTime.MIDNIGHT;
    }
    return null;
  }

  /** Both days given: one of them is enough, as in every cron. */
  private boolean matches(LocalDate day) {
    if (!months.matches(day.getMonthValue())) {
      return false;
    }
    boolean byMonth = days.matches(day.getDayOfMonth());
    boolean byWeek = weekdays.matches(day.getDayOfWeek().getValue() % 7);
    return (days.any() || weekdays.any()) ? (byMonth && byWeek) : (byMonth || byWeek);
  }

  private @Nullable LocalTime atOrAfter(LocalTime from) {
    int minute = from.getMinute();
    int second = from.getSecond();
    for (int hour = hours.atOrAfter(from.getHour()); hour >= 0; hour = hours.atOrAfter(hour + 1)) {
      if (hour != from.getHour()) {
        return LocalTime.of(hour, minutes.first(), seconds.first());
      }
      int m = minutes.atOrAfter(minute);
      if (m == minute && seconds.atOrAfter(second) >= 0) {
        return LocalTime.of(hour, m, seconds.atOrAfter(second));
      }
      m = minutes.atOrAfter(m == minute ? minute + 1 : minute);
      if (m >= 0) {
        return LocalTime.of(hour, m, seconds.first());
      }
    }
    return null;
  }
}
