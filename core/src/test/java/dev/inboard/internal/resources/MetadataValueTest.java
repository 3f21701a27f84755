package dev.inboard.internal.resources;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a metadata value is as text: what Dapr's YAML, JSON and value types make of it. */
class MetadataValueTest {
  private static final ObjectMapper JSON =
      JsonMapper.builder().enable(JsonWriteFeature.ESCAPE_NON_ASCII).build();

  @ParameterizedTest(name = "{0} is {1}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "localhost:6379|localhost:6379",
        "\"quoted\"|quoted",
        "'single ''quoted'''|single 'quoted'",
        "\"line\\nbreak\\u00e9\"|`line\nbreaké`",
        "yes|true",
        "No|false",
        "on|true",
        "OFF|false",
        "y|true",
        "N|false",
        "TRUE|true",
        "tRuE|tRuE",
        "\"yes\"|yes",
        "5|5",
        "+5|5",
        "-17|-17",
        "1_000|1000",
        "010|8",
        "0o10|8",
        "0x1F|31",
        "-0x1f|-31",
        "0b101|5",
        "08|8",
        "\"010\"|010",
        "9223372036854775808|9223372036854775808",
        "18446744073709551615|18446744073709551615",
        "18446744073709551616|18446744073709552000",
        "1.50|1.5",
        ".5|0.5",
        "5.|5",
        "1e3|1000",
        "1E-7|1e-7",
        "123456789e13|1.23456789e+21",
        "1e20|100000000000000000000",
        "2e-3|0.002",
        "-0.0|-0",
        "1.1e23|1.1e+23",
        "5e-324|5e-324",
        "1e999|1e999",
        "12:30|12:30",
        "12:30:45|12:30:45",
        "2024-01-01|2024-01-01",
        "2024-01-01T10:00:00Z|2024-01-01T10:00:00Z",
        "1.2.3|1.2.3",
        "5s|5s",
        "_5|_5",
        ".inf|.inf",
        "!!str 5|5",
        "!!str yes|yes",
        "!!float 1|1",
        "!!int \"7\"|7",
      })
  void scalarsReadAsDaprReadsThem(String yaml, String text) {
    Reading reading = Reading.ofValue(yaml);
    assertThat(reading.problems()).isEmpty();
    assertThat(reading.value()).isEqualTo(text);
  }

  @ParameterizedTest(name = "''{0}'' is empty")
  @CsvSource({"''", "~", "null", "NULL", "''''''", "\"\""})
  void nothingIsTheEmptyText(String yaml) {
    assertThat(Reading.ofValue(yaml).value()).isEmpty();
  }

  @Test
  void listsAndMappingsAreCompactJsonWithSortedKeys() {
    assertThat(Reading.ofValue("{b: [1, yes, ~, 1.50], a: text, 5: {}, on: x}").value())
        .isEqualTo("{\"5\":{},\"a\":\"text\",\"b\":[1,true,null,1.5],\"true\":\"x\"}");
    assertThat(Reading.ofValue("[]").value()).isEqualTo("[]");
  }

  @Test
  void jsonTextIsEscapedAsGoEscapesIt() {
    assertThat(Reading.ofValue("[\"<a> & \\\"b\\\"\\\\ \\u0001\\t\\u2028\"]").value())
        .isEqualTo("[\"\\u003ca\\u003e \\u0026 \\\"b\\\"\\\\ \\u0001\\t\\u2028\"]");
  }

  @Test
  void anchorsAndMergesAreFollowed() {
    assertThat(
            Reading.ofValue("[&a {p: 1, q: 2}, {<<: *a, q: 3}, {<<: [*a, {r: 4, p: 5}]}]").value())
        .isEqualTo("[{\"p\":1,\"q\":2},{\"p\":1,\"q\":3},{\"p\":1,\"q\":2,\"r\":4}]");
  }

  @Test
  void blockTextKeepsItsLines() {
    assertThat(
            Reading.ofValue(
                    "|\n        -----BEGIN KEY-----\n        abc\n        -----END KEY-----")
                .value())
        .isEqualTo("-----BEGIN KEY-----\nabc\n-----END KEY-----\n");
  }

  @Test
  void aValueThatContainsItselfIsAProblem() {
    assertThat(Reading.ofValue("&a [*a]").problems())
        .containsExactly(
            "1.yaml:10: orders (state.redis): spec.metadata[].value contains itself; correct the value");
  }

  @Test
  void aValueThatExplodesIsAProblem() {
    StringBuilder bomb = new StringBuilder("[&a0 [\"lol\", \"lol\"]");
    for (int i = 1; i < 24; i++) {
      bomb.append(", &a")
          .append(i)
          .append(" [*a")
          .append(i - 1)
          .append(", *a")
          .append(i - 1)
          .append(']');
    }
    assertThat(Reading.ofValue(bomb.append(']').toString()).problems())
        .containsExactly(
            "1.yaml:10: orders (state.redis): spec.metadata[].value is larger than a million characters;"
                + " correct the value");
  }

  @ParameterizedTest
  @CsvSource({"!S3cret", "!!int abc", "!!bool 5", "!!binary aGk="})
  void aTagThatDoesNotFitIsAProblemThatHidesTheValue(String yaml) {
    assertThat(Reading.ofValue(yaml).problems())
        .containsExactly(
            "1.yaml:10: orders (state.redis): spec.metadata[].value has a tag it does not fit;"
                + " quote a text that begins with '!'; correct the value");
  }

  @Test
  void anyQuotedTextComesBackTheSame() throws Exception {
    for (long seed = 0; seed < 300; seed++) {
      String text = new Invented(seed).text(40);
      Reading reading = Reading.ofValue(yaml(text));
      assertThat(reading.problems()).as("seed %d", seed).isEmpty();
      assertThat(reading.value()).as("seed %d", seed).isEqualTo(text);
    }
  }

  @Test
  void numbersInJsonReadBackTheSame() throws Exception {
    for (long seed = 0; seed < 300; seed++) {
      Invented invented = new Invented(seed);
      double number = invented.finite();
      long integer = invented.integer();
      JsonNode json = JSON.readTree(Reading.ofValue("[" + number + ", " + integer + "]").value());
      assertThat(json.get(0).doubleValue()).as("seed %d", seed).isEqualTo(number);
      assertThat(json.get(1).longValue()).as("seed %d", seed).isEqualTo(integer);
    }
  }

  @Test
  void jsonMeansTheSameAfterwards() throws Exception {
    for (long seed = 0; seed < 200; seed++) {
      String yaml = yaml(new Invented(seed).nested());
      Reading reading = Reading.ofValue(yaml);
      assertThat(reading.problems()).as("seed %d", seed).isEmpty();
      assertThat(JSON.readTree(reading.value())).as("seed %d", seed).isEqualTo(JSON.readTree(yaml));
    }
  }

  /** Writes JSON that is YAML too: DEL must be escaped there. */
  private static String yaml(Object value) throws JsonProcessingException {
    return JSON.writeValueAsString(value).replace("\u007f", "\\u007f");
  }
}
