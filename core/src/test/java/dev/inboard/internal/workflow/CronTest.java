package dev.inboard.internal.workflow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CronTest {
  private static final ZoneId BERLIN = ZoneId.of("Europe/Berlin");

  private static Instant next(String cron, String after, ZoneId zone) {
    return Cron.parse(cron).next(Instant.parse(after), zone);
  }

  @ParameterizedTest
  @CsvSource({
    "* * * * *,            2026-01-01T00:00:30Z, 2026-01-01T00:01:00Z",
    "*/15 * * * *,         2026-01-01T00:15:00Z, 2026-01-01T00:30:00Z",
    "0 9-17 * * MON-FRI,   2026-01-02T17:00:00Z, 2026-01-05T09:00:00Z",
    "30 8 1 JAN ?,         2026-01-01T08:30:00Z, 2027-01-01T08:30:00Z",
    "0 0 13 * 5,           2026-01-01T00:00:00Z, 2026-01-02T00:00:00Z",
    "0 0 29 2 *,           2026-01-01T00:00:00Z, 2028-02-29T00:00:00Z",
    "0 0 * * 7,            2026-01-01T00:00:00Z, 2026-01-04T00:00:00Z",
    "10 0 0 * * *,         2026-01-01T00:00:10Z, 2026-01-02T00:00:10Z",
    "5/20 * * * *,         2026-01-01T00:30:00Z, 2026-01-01T00:45:00Z"
  })
  void nextTime(String cron, String after, String expected) {
    assertThat(next(cron, after, ZoneOffset.UTC)).isEqualTo(expected);
  }

  @Test
  void aSkippedLocalTimeIsServedAfterTheClockMoved() {
    assertThat(next("30 2 * * *", "2026-03-28T12:00:00Z", BERLIN))
        .isEqualTo("2026-03-29T01:30:00Z");
    assertThat(next("30 2 * * *", "2026-03-29T01:30:00Z", BERLIN))
        .isEqualTo("2026-03-30T00:30:00Z");
  }

  @Test
  void aRepeatedLocalTimeIsServedOnce() {
    Instant first = next("30 2 * * *", "2026-10-24T12:00:00Z", BERLIN);
    assertThat(first).isEqualTo("2026-10-25T00:30:00Z");
    assertThat(Cron.parse("30 2 * * *").next(first, BERLIN)).isEqualTo("2026-10-26T01:30:00Z");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "* * * *",
        "60 * * * *",
        "* * * * MOO",
        "5-1 * * * *",
        "*/0 * * * *",
        "0 0 31 2 *"
      })
  void wrongExpressionsAreRefused(String cron) {
    assertThatThrownBy(() -> Cron.parse(cron)).isInstanceOf(IllegalArgumentException.class);
  }
}
