package dev.inboard.local;

import dev.inboard.spi.Durations;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** When something happens again and again. */
sealed interface CronSchedule permits CronSchedule.Every, CronTimes {
  /**
   * Returns the first time of the schedule after a moment, or null when there is none any more.
   *
   * @param start when the schedule was taken into use
   */
  @Nullable Instant next(Instant start, Instant after);

  /** Returns the zone whose clock the schedule means. */
  ZoneId zone();

  /**
   * Reads a schedule as Dapr does: five or six cron fields, {@code @every 5m}, {@code @daily} and
   * its kin, with {@code TZ=Europe/Berlin} or {@code CRON_TZ=} before it if need be.
   *
   * @param local the zone of schedules that name none
   * @throws IllegalArgumentException with a message that continues "'text' …"
   */
  static CronSchedule parse(String text, ZoneId local) {
    String rest = text.strip();
    ZoneId zone = local;
    if (rest.startsWith("TZ=") || rest.startsWith("CRON_TZ=")) {
      String[] prefixAndRest = rest.split("\\s+", 2);
      zone = zone(prefixAndRest[0].substring(prefixAndRest[0].indexOf('=') + 1));
      rest = prefixAndRest.length == 2 ? prefixAndRest[1] : "";
    }
    if (rest.startsWith("@every")) {
      return new Every(interval(rest.substring("@every".length())), zone);
    }
    return CronTimes.parse(rest.startsWith("@") ? fields(rest) : rest, zone);
  }

  private static ZoneId zone(String name) {
    try {
      return ZoneId.of(name);
    } catch (DateTimeException e) {
      throw new IllegalArgumentException(
          "names the time zone '" + name + "', which is unknown; write it like Europe/Berlin", e);
    }
  }

  private static Duration interval(String text) {
    Duration interval;
    try {
      interval = Durations.parse(text, Duration.ZERO);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("has an interval that " + e.getMessage(), e);
    }
    if (interval.compareTo(Duration.ofMillis(1)) < 0) {
      throw new IllegalArgumentException(
          "has an interval shorter than a millisecond; write it like @every 1h30m");
    }
    return interval;
  }

  private static String fields(String descriptor) {
    return switch (descriptor.toLowerCase(Locale.ROOT)) {
      case "@yearly", "@annually" -> "0 0 1 1 *";
      case "@monthly" -> "0 0 1 * *";
      case "@weekly" -> "0 0 * * 0";
      case "@daily", "@midnight" -> "0 0 * * *";
      case "@hourly" -> "0 * * * *";
      default ->
          throw new IllegalArgumentException(
              "is none of @yearly, @annually, @monthly, @weekly, @daily, @midnight, @hourly,"
                  + " @every <duration>");
    };
  }

  /** The same span again and again, counted from the start; no drift. */
  record Every(Duration interval, ZoneId zone) implements CronSchedule {
    @Override
    public Instant next(Instant start, Instant after) {
      if (after.isBefore(start)) {
        return start.plus(interval);
      }
      long passed = Duration.between(start, after).dividedBy(interval);
      return start.plus(interval.multipliedBy(passed + 1));
    }
  }
}
