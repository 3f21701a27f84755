package dev.inboard.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class IdentifiersTest {
  @ParameterizedTest
  @ValueSource(strings = {"state", "State_2", "2nd", "order", "_"})
  void simpleNamesPass(String name) {
    assertThat(Identifiers.simple(name)).isEqualTo(name);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", "a b", "a.b", "a-b", "a\"b", "a;DROP TABLE b", "é", "a\n"})
  void otherNamesAreRefused(String name) {
    assertThatThrownBy(() -> Identifiers.simple(name))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("letters");
  }

  @Test
  void quotedNamesAreChecked() {
    assertThat(Identifiers.quoted("order")).isEqualTo("\"order\"");
    assertThatThrownBy(() -> Identifiers.quoted("a\"b"))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
