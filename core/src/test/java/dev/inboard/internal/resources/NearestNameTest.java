package dev.inboard.internal.resources;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.AlphaChars;
import net.jqwik.api.constraints.StringLength;
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

  @Property
  void aNameInAnotherCaseIsNearest(
      @ForAll @AlphaChars @StringLength(min = 1, max = 20) String name) {
    assertThat(
            NearestName.of(
                name.toUpperCase(java.util.Locale.ROOT), List.of("zzz" + name + "zzz", name)))
        .isEqualTo(name);
  }
}
