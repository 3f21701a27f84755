package dev.inboard.internal.resources;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;

class NearestNameTest {
  private static final List<String> KNOWN = List.of("redisHost", "redisPassword", "enableTLS");

  @Test
  void oneWrongLetterIsForgiven() {
    assertThat(NearestName.of("redisHots", KNOWN)).isEqualTo("redisHost");
    assertThat(NearestName.of("redsHost", KNOWN)).isEqualTo("redisHost");
    assertThat(NearestName.of("redisPasswort", KNOWN)).isEqualTo("redisPassword");
  }

  @Test
  void aWordThatLooksLikeNothingHasNoNearestName() {
    assertThat(NearestName.of("timeout", KNOWN)).isNull();
    assertThat(NearestName.cure("timeout", KNOWN, "none"))
        .isEqualTo("there are: redisHost, redisPassword, enableTLS");
    assertThat(NearestName.cure("timeout", List.of(), "add one")).isEqualTo("add one");
  }

  @Test
  void aNameInAnotherCaseIsNearest() {
    for (long seed = 0; seed < 1_000; seed++) {
      String name = new Invented(seed).letters(1, 20);
      assertThat(NearestName.of(name.toUpperCase(Locale.ROOT), List.of("zzz" + name + "zzz", name)))
          .as("seed %d", seed)
          .isEqualTo(name);
    }
  }
}
