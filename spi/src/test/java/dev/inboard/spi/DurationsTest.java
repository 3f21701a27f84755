package dev.inboard.spi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DurationsTest {
  @ParameterizedTest
  @CsvSource({
    "300ms, PT0.3S",
    "1h30m, PT1H30M",
    "-5s, PT-5S",
    "+2m, PT2M",
    "1.5h, PT1H30M",
    ".5s, PT0.5S",
    "2us, PT0.000002S",
    "2µs, PT0.000002S",
    "7ns, PT0.000000007S",
    "0, PT0S",
    "' 5s ', PT5S"
  })
  void readsGoSpelling(String text, Duration expected) {
    assertThat(Durations.parse(text, Duration.ofSeconds(1))).isEqualTo(expected);
  }

  @Test
  void countsBareNumbersInTheDialectsUnit() {
    assertThat(Durations.parse("20", Duration.ofSeconds(1))).isEqualTo(Duration.ofSeconds(20));
    assertThat(Durations.parse("20", Duration.ofMillis(1))).isEqualTo(Duration.ofMillis(20));
    assertThat(Durations.parse("-1", Duration.ofMillis(1))).isEqualTo(Duration.ofMillis(-1));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "s", "5 s", "5sec", "1h30", "abc", "1,5s", "--5s", "5s5", "P1D"})
  void refusesEverythingElse(String text) {
    assertThatThrownBy(() -> Durations.parse(text, Duration.ofSeconds(1)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("write it like");
  }

  @ParameterizedTest
  @ValueSource(strings = {"99999999999999999999", "9999999999h"})
  void refusesWhatOverflows(String text) {
    assertThatThrownBy(() -> Durations.parse(text, Duration.ofSeconds(1)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("too large");
  }
}
