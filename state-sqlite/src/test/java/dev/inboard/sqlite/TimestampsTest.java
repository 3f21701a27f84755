package dev.inboard.sqlite;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TimestampsTest {
  @Test
  void textIsInUtcToTheSecond() {
    assertThat(Timestamps.text(Instant.parse("2026-01-31T13:05:09.999Z")))
        .isEqualTo("2026-01-31 13:05:09");
  }

  @ParameterizedTest
  @CsvSource({
    "2026-01-31T13:05:09Z, PT2S, 2026-01-31 13:05:11",
    "2026-01-31T13:05:09.001Z, PT2S, 2026-01-31 13:05:12",
    "2026-01-31T13:05:09Z, PT0.001S, 2026-01-31 13:05:10",
    "2026-01-31T13:05:09.5Z, PT0.5S, 2026-01-31 13:05:10",
    "2026-12-31T23:59:59Z, PT1S, 2027-01-01 00:00:00",
    "2026-01-31T13:05:09Z, P9000000D, 9999-12-31 23:59:59"
  })
  void endIsTheFirstFullSecondThatIsNotTooEarly(Instant now, Duration life, String end) {
    assertThat(Timestamps.end(now, life)).isEqualTo(end);
  }

  @Test
  void longestLifeIsTaken() {
    assertThat(
            Timestamps.end(
                Instant.parse("2026-01-31T13:05:09Z"), Duration.ofSeconds(Long.MAX_VALUE)))
        .isEqualTo("9999-12-31 23:59:59");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "2026-01-31 13:05:09",
        "2026-01-31T13:05:09Z",
        "2026-01-31 13:05:09.000",
        "2026-01-31T13:05:09.0"
      })
  void timesOfOtherWritersAreRead(String text) {
    assertThat(Timestamps.parse(text)).isEqualTo(Instant.parse("2026-01-31T13:05:09Z"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "never", "1769864709", "2026-13-31 13:05:09"})
  void otherTextsAreNoTimes(String text) {
    assertThat(Timestamps.parse(text)).isNull();
  }
}
