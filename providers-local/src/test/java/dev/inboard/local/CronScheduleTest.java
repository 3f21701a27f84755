package dev.inboard.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CronScheduleTest {
  @ParameterizedTest(name = "{0} after {1}")
  @CsvSource(
      delimiter = '|',
      value = {
        "* * * * *            | 2026-01-01T00:00:00Z     | 2026-01-01T00:01:00Z",
        "* * * * *            | 2026-01-01T00:00:59.999Z | 2026-01-01T00:01:00Z",
        "* * * * * *          | 2026-01-01T00:00:00.5Z   | 2026-01-01T00:00:01Z",
        "*/15 * * * *         | 2026-01-01T00:44:00Z     | 2026-01-01T00:45:00Z",
        "20-35/15 * * * *     | 2026-01-01T00:20:00Z     | 2026-01-01T00:35:00Z",
        "5/20 * * * *         | 2026-01-01T00:45:00Z     | 2026-01-01T01:05:00Z",
        "0 30 8 ? * mon-fri   | 2026-01-02T09:00:00Z     | 2026-01-05T08:30:00Z",
        "0 0 15,1 * *         | 2026-01-02T00:00:00Z     | 2026-01-15T00:00:00Z",
        "0 0 13 * FRI         | 2026-01-01T12:00:00Z     | 2026-01-02T00:00:00Z",
        "0 0 13 * FRI         | 2026-01-09T12:00:00Z     | 2026-01-13T00:00:00Z",
        "0 0 29 feb *         | 2026-01-01T00:00:00Z     | 2028-02-29T00:00:00Z",
        "0 0 29 2 *           | 2096-03-01T00:00:00Z     | 2104-02-29T00:00:00Z",
        "59 59 23 31 12 ?     | 2026-01-01T00:00:00Z     | 2026-12-31T23:59:59Z",
        "@yearly              | 2026-05-01T00:00:00Z     | 2027-01-01T00:00:00Z",
        "@Annually            | 2026-05-01T00:00:00Z     | 2027-01-01T00:00:00Z",
        "@monthly             | 2026-05-01T00:00:00Z     | 2026-06-01T00:00:00Z",
        "@weekly              | 2026-05-01T00:00:00Z     | 2026-05-03T00:00:00Z",
        "@daily               | 2026-05-01T00:00:00Z     | 2026-05-02T00:00:00Z",
        "@midnight            | 2026-05-01T00:00:00Z     | 2026-05-02T00:00:00Z",
        "@hourly              | 2026-05-01T00:00:00Z     | 2026-05-01T01:00:00Z",
        "TZ=Asia/Tokyo 0 9 * * *          | 2026-05-01T00:00:00Z | 2026-05-02T00:00:00Z",
        "CRON_TZ=Asia/Kolkata 30 5 * * *  | 2026-05-01T01:00:00Z | 2026-05-02T00:00:00Z",
        // Clocks go forward at 02:00 on 8 March 2026 in New York, back at 02:00 on 1 November.
        "TZ=America/New_York 30 2 * * *   | 2026-03-08T06:59:00Z | 2026-03-08T07:00:00Z",
        "TZ=America/New_York 0,30 2 * * * | 2026-03-08T07:00:00Z | 2026-03-09T06:00:00Z",
        "TZ=America/New_York 0 3 * * *    | 2026-03-08T06:00:00Z | 2026-03-08T07:00:00Z",
        "TZ=America/New_York 0 * * * *    | 2026-03-08T06:00:00Z | 2026-03-08T07:00:00Z",
        "TZ=America/New_York 0 */2 * * *  | 2026-03-08T05:00:00Z | 2026-03-08T08:00:00Z",
        "TZ=America/New_York 30 1 * * *   | 2026-11-01T04:00:00Z | 2026-11-01T05:30:00Z",
        "TZ=America/New_York 30 1 * * *   | 2026-11-01T05:30:00Z | 2026-11-02T06:30:00Z",
        "TZ=America/New_York 30 1 * * *   | 2026-11-01T06:10:00Z | 2026-11-02T06:30:00Z",
        "TZ=America/New_York 0 * * * *    | 2026-11-01T05:00:00Z | 2026-11-01T06:00:00Z",
        "TZ=America/New_York */30 1 * * * | 2026-11-01T05:30:00Z | 2026-11-01T06:00:00Z",
        // Lord Howe Island changes its clocks by half an hour: back at 02:00 on 5 April 2026.
        "TZ=Australia/Lord_Howe 45 1 * * * | 2026-04-04T14:45:00Z | 2026-04-05T15:15:00Z",
      })
  void nextTime(String schedule, Instant after, Instant expected) {
    assertThat(next(schedule, after)).isEqualTo(expected);
  }

  @Test
  void everyCountsFromTheStartWithoutDrift() {
    Instant start = Instant.parse("2026-01-01T00:00:00.123Z");
    CronSchedule every = CronSchedule.parse("@every 1m30s", ZoneOffset.UTC);
    assertThat(every.next(start, start)).isEqualTo(start.plusSeconds(90));
    assertThat(every.next(start, start.plusSeconds(89))).isEqualTo(start.plusSeconds(90));
    assertThat(every.next(start, start.plusSeconds(90))).isEqualTo(start.plusSeconds(180));
    assertThat(every.next(start, start.plusSeconds(1000))).isEqualTo(start.plusSeconds(1080));
    assertThat(CronSchedule.parse("@every 250ms", ZoneOffset.UTC).next(start, start))
        .isEqualTo(start.plusMillis(250));
  }

  /** The same question answered by trying every second. */
  @Test
  void nextTimeIsTheFirstMatchingSecond() {
    Random random = new Random(7);
    for (int i = 0; i < 300; i++) {
      int minute = random.nextInt(60);
      int step = 1 + random.nextInt(20);
      int hour = random.nextInt(24);
      String text = minute + "/" + step + " " + hour + "-23/3 * * " + random.nextInt(7) + ",3";
      int weekday = Integer.parseInt(text.substring(text.lastIndexOf(' ') + 1).split(",")[0]);
      LocalDateTime from =
          LocalDateTime.of(2026, 1, 1, 0, 0).plusSeconds(random.nextInt(40_000_000));
      LocalDateTime match = from.withSecond(0).plusMinutes(1);
      while (match.getMinute() < minute
          || (match.getMinute() - minute) % step != 0
          || match.getHour() < hour
          || (match.getHour() - hour) % 3 != 0
          || (match.getDayOfWeek().getValue() % 7 != weekday
              && match.getDayOfWeek().getValue() != 3)) {
        match = match.plusMinutes(1);
      }
      assertThat(next(text, from.toInstant(ZoneOffset.UTC)))
          .as("%s after %s", text, from)
          .isEqualTo(match.toInstant(ZoneOffset.UTC));
    }
  }

  /** Across a year with two changes of the clock, a time of day comes once on every day. */
  @ParameterizedTest
  @CsvSource({"Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Africa/Cairo"})
  void fixedTimeComesOnceADayAllYear(String zone) {
    for (int hour = 0; hour < 4; hour++) {
      CronSchedule schedule =
          CronSchedule.parse("TZ=" + zone + " 30 " + hour + " * * *", ZoneOffset.UTC);
      Instant end = LocalDateTime.of(2027, 1, 1, 0, 0).atZone(ZoneId.of(zone)).toInstant();
      Instant time = LocalDateTime.of(2026, 1, 1, 0, 0).atZone(ZoneId.of(zone)).toInstant();
      int runs = 0;
      for (time = schedule.next(time, time); time.isBefore(end); time = schedule.next(time, time)) {
        runs++;
      }
      assertThat(runs).as("30 %d in %s", hour, zone).isEqualTo(365);
    }
  }

  @Test
  void hourlyRunsAreAnHourApartAllYear() {
    CronSchedule hourly = CronSchedule.parse("TZ=Europe/Berlin @hourly", ZoneOffset.UTC);
    Instant time = Instant.parse("2026-01-01T00:00:00Z");
    for (int i = 0; i < 365 * 24; i++) {
      Instant next = hourly.next(time, time);
      assertThat(Duration.between(time, next)).isEqualTo(Duration.ofHours(1));
      time = next;
    }
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      value = {
        "* * * *          | has 4 fields; a schedule has 5 (minute hour day month weekday), or 6 with the second before them",
        "'* * * * * * *'  | has 7 fields; a schedule has 5 (minute hour day month weekday), or 6 with the second before them",
        "60 * * * *       | has '60' as minute, which must be 0 to 59",
        "-1 * * * *       | has '' as minute, which must be 0 to 59",
        "* 24 * * *       | has '24' as hour, which must be 0 to 23",
        "* * 0 * *        | has '0' as day of month, which must be 1 to 31",
        "* * * 13 *       | has '13' as month, which must be 1 to 12 or jan to dec",
        "* * * * 7        | has '7' as day of week, which must be 0 to 6 or sun to sat",
        "* * * * moon     | has 'moon' as day of week, which must be 0 to 6 or sun to sat",
        "*/0 * * * *      | has '0' as step of its minute, which must be a number above 0",
        "*/x * * * *      | has 'x' as step of its minute, which must be a number above 0",
        "5-1 * * * *      | has '5-1' as minute, which ends before it begins",
        "1,,2 * * * *     | has '1,,2' as minute, which is no list of values",
        "1/2/3 * * * *    | has '1/2/3' as minute, which is no list of values",
        "0 0 31 2 *       | names a day that no year has",
        "TZ=Mars/Base 0 0 * * * | names the time zone 'Mars/Base', which is unknown; write it like Europe/Berlin",
        "TZ=UTC           | has 0 fields; a schedule has 5 (minute hour day month weekday), or 6 with the second before them",
        "@sometimes       | is none of @yearly, @annually, @monthly, @weekly, @daily, @midnight, @hourly, @every <duration>",
        "@every           | has an interval that is no duration; write it like 500ms, 5s or 1h30m",
        "@every soon      | has an interval that is no duration; write it like 500ms, 5s or 1h30m",
        "@every 0s        | has an interval shorter than a millisecond; write it like @every 1h30m",
        "@every -5s       | has an interval shorter than a millisecond; write it like @every 1h30m",
        "@every 5         | has an interval shorter than a millisecond; write it like @every 1h30m",
      })
  void whatIsNoScheduleIsToldSo(String text, String message) {
    assertThatThrownBy(() -> CronSchedule.parse(text, ZoneOffset.UTC))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(message);
  }

  private static Instant next(String schedule, Instant after) {
    return CronSchedule.parse(schedule, ZoneOffset.UTC).next(after, after);
  }
}
