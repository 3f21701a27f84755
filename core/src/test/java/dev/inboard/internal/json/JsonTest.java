package dev.inboard.internal.json;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.inboard.TypeRef;
import java.io.IOException;
import java.lang.reflect.Type;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.Period;
import java.time.YearMonth;
import java.time.ZonedDateTime;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class JsonTest {
  enum Colour {
    RED,
    GREEN
  }

  record Pair<A, B>(A left, B right) {}

  record Nullable(String present, String absent, Optional<String> maybe) {}

  private final JsonCodec codec = new JsonCodec(Json.newMapper());

  private Object roundTrip(Object value, Type type) throws IOException {
    return codec.decode(codec.encode(value), type);
  }

  static Stream<Object> values() {
    return Stream.of(
        1,
        Long.MAX_VALUE,
        0.1,
        true,
        'c',
        new BigDecimal("1.10"),
        "text",
        Colour.GREEN,
        Instant.parse("2026-05-06T07:08:09.123456789Z"),
        LocalDate.parse("2026-05-06"),
        LocalTime.parse("07:08:09"),
        LocalDateTime.parse("2026-05-06T07:08:09"),
        OffsetDateTime.parse("2026-05-06T07:08:09+05:30"),
        ZonedDateTime.parse("2026-05-06T07:08:09+02:00"),
        Duration.ofMillis(1_500),
        Period.ofDays(3),
        YearMonth.of(2026, 5),
        new Nullable("a", null, Optional.empty()),
        new Nullable("a", null, Optional.of("b")));
  }

  @ParameterizedTest
  @MethodSource("values")
  void valueComesBack(Object value) throws IOException {
    assertThat(roundTrip(value, value.getClass())).isEqualTo(value);
  }

  @Test
  void timesAreIsoText() throws IOException {
    assertThat(codec.encode(OffsetDateTime.parse("2026-05-06T07:08:09+05:30")))
        .asString(UTF_8)
        .isEqualTo("\"2026-05-06T07:08:09+05:30\"");
    assertThat(codec.encode(Duration.ofMillis(1_500))).asString(UTF_8).isEqualTo("\"PT1.5S\"");
    assertThat(codec.encode(Map.of("d", LocalDate.parse("2026-05-06"))))
        .asString(UTF_8)
        .isEqualTo("{\"d\":\"2026-05-06\"}");
  }

  @Test
  void genericTypesComeBack() throws IOException {
    Type type = new TypeRef<Pair<List<LocalDate>, Map<String, Pair<Integer, Colour>>>>() {}.type();
    var value =
        new Pair<>(List.of(LocalDate.parse("2026-05-06")), Map.of("x", new Pair<>(1, Colour.RED)));
    assertThat(roundTrip(value, type)).isEqualTo(value);
    assertThat(roundTrip(OptionalInt.of(3), OptionalInt.class)).isEqualTo(OptionalInt.of(3));
  }

  @Test
  void treeLosesNoDigit() throws IOException {
    String text = "{\"a\":0.1234567890123456789,\"b\":12345678901234567890,\"c\":1.10}";
    JsonNode tree = (JsonNode) codec.decode(text.getBytes(UTF_8), JsonNode.class);
    assertThat(codec.encode(tree)).asString(UTF_8).isEqualTo(text);
  }

  @Test
  void untypedFractionIsADouble() throws IOException {
    Map<String, Object> map = Map.of("a", 1.5, "b", List.of(2));
    assertThat(roundTrip(map, Map.class)).isEqualTo(map);
  }

  @Test
  void nullsInsideAreKept() throws IOException {
    List<String> list = Arrays.asList("a", null);
    assertThat(roundTrip(list, List.class)).isEqualTo(list);
    assertThat(codec.encode(new Nullable("a", null, Optional.empty())))
        .asString(UTF_8)
        .isEqualTo("{\"present\":\"a\",\"absent\":null,\"maybe\":null}");
  }

  @Test
  void longTextsHaveNoLimit() throws IOException {
    String text = "x".repeat(25_000_000);
    assertThat(roundTrip(List.of(text), List.class)).isEqualTo(List.of(text));
  }

  @Test
  void moreThanOneValueIsRefused() {
    assertThatThrownBy(() -> codec.decode("1 2".getBytes(UTF_8), Integer.class))
        .isInstanceOf(IOException.class);
  }

  @Test
  void textNeverChoosesAClass() throws IOException {
    Object value = codec.decode("[\"java.util.Date\",1]".getBytes(UTF_8), Object.class);
    assertThat(value).isEqualTo(List.of("java.util.Date", 1));
  }
}
