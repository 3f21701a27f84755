package dev.inboard.spi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.inboard.common.Secret;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OptionTest {
  enum Mode {
    FAST,
    VERY_SAFE
  }

  private static ComponentSpec spec(String name, String value) {
    return ComponentSpec.of("orders", "state.test", Map.of(name, value));
  }

  @Test
  void fieldIsFoundInAnyCaseAndUnderAnAlias() {
    Option<Duration> timeout =
        Option.duration("timeout").alias("timeoutInSeconds").or(Duration.ofSeconds(20));

    assertThat(spec("TimeOut", "3s").get(timeout)).isEqualTo(Duration.ofSeconds(3));
    assertThat(spec("timeoutinseconds", "4").get(timeout)).isEqualTo(Duration.ofSeconds(4));
    assertThat(spec("other", "4").get(timeout)).isEqualTo(Duration.ofSeconds(20));
  }

  @Test
  void emptyValueCountsAsAbsent() {
    Option<Integer> size = Option.integer("size", 1, 9).or(5);

    assertThat(spec("size", "").get(size)).isEqualTo(5);
    assertThat(spec("size", "").has(size)).isFalse();
  }

  @Test
  void missingRequiredFieldIsNamedWithItsPurpose() {
    Option<String> host = Option.text("redisHost").about("Where the server listens").required();

    assertThatThrownBy(() -> spec("x", "y").get(host))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("missing required field 'redisHost' (Where the server listens)");
  }

  @Test
  void badValueIsShownWithTheCure() {
    assertThatThrownBy(() -> spec("size", "ten").get(Option.integer("size", 1, 9)))
        .hasMessage("field 'size': 'ten' is no whole number");
    assertThatThrownBy(() -> spec("size", "10").get(Option.integer("size", 1, 9)))
        .hasMessage("field 'size': '10' is not between 1 and 9");
    assertThatThrownBy(() -> spec("mode", "slow").get(Option.choice("mode", Mode.class)))
        .hasMessage("field 'mode': 'slow' is none of fast, very-safe");
  }

  @Test
  void badSecretIsNotShown() {
    Option<Object> key =
        Option.of(
            "key",
            Option.Kind.SECRET,
            text -> {
              throw new IllegalArgumentException("is no hexadecimal text");
            });

    assertThatThrownBy(() -> spec("key", "hunter2").get(key))
        .hasMessage("field 'key': is no hexadecimal text");
  }

  @ParameterizedTest
  @ValueSource(strings = {"y", "YES", "true", "T", "on", "1"})
  void generalDialectKnowsManyWordsForTrue(String word) {
    assertThat(spec("flag", word).get(Option.bool("flag").or(false))).isTrue();
  }

  @Test
  void generalDialectTakesEverythingElseForFalse() {
    assertThat(spec("flag", "jawohl").get(Option.bool("flag").or(true))).isFalse();
  }

  @Test
  void strictDialectRefusesOtherWords() {
    assertThat(spec("flag", "F").get(Option.strictBool("flag").or(true))).isFalse();
    assertThatThrownBy(() -> spec("flag", "yes").get(Option.strictBool("flag")))
        .hasMessage("field 'flag': 'yes' is neither true nor false");
  }

  @Test
  void listDropsBlanksAndEmptyParts() {
    assertThat(spec("brokers", " a:1, b:2,,").get(Option.list("brokers").or(List.of())))
        .containsExactly("a:1", "b:2");
  }

  @Test
  void choiceIgnoresCaseAndHyphens() {
    assertThat(spec("mode", "Very-Safe").get(Option.choice("mode", Mode.class)))
        .isEqualTo(Mode.VERY_SAFE);
  }

  @Test
  void specShowsNoValues() {
    assertThat(spec("password", "hunter2").toString()).isEqualTo("orders (state.test)[password]");
    assertThat(Secret.of("hunter2")).hasToString("Secret[***]").isEqualTo(Secret.of("hunter2"));
  }
}
