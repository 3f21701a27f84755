package dev.inboard.cel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.inboard.spi.expressions.ExpressionEngine;
import dev.inboard.spi.expressions.ExpressionEngine.Condition;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CelExpressionEngineTest {
  private static final Set<String> EVENT = Set.of("event");
  private static final Map<String, ?> ORDER = Map.of("event", order());

  private final ExpressionEngine engine = new CelExpressionEngine();

  private static Map<String, Object> order() {
    Map<String, Object> data = new HashMap<>();
    data.put("n", 10.0);
    data.put("total", 10.5);
    data.put("whole", 10);
    data.put("big", BigInteger.TWO.pow(80));
    data.put("exact", new BigDecimal("10.50"));
    data.put("name", "tea");
    data.put("nothing", null);
    data.put("tags", Arrays.asList("a", "b", null));
    data.put("customer", Map.of("vip", true, "level", 3.0));
    return Map.of("id", "17", "type", "order.placed", "source", "shop", "data", data);
  }

  private boolean test(String condition) {
    return engine.compile(condition, EVENT).test(ORDER);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "event.type == 'order.placed'",
        "event.type == \"order.placed\" && event.source != 'web'",
        "event.type.startsWith('order.')",
        "event.type.matches('^order\\\\.[a-z]+$')",
        "event.type in ['order.placed', 'order.changed']",
        "event['type'] == 'order.placed'",
        "event.data.n == 10",
        "event.data.n == 10.0",
        "event.data.n > 9",
        "event.data.n >= 10",
        "event.data.n < 10.5",
        "event.data.n != 11",
        "event.data.total > 10",
        "10 < event.data.total",
        "event.data.n * 2.0 == 20.0",
        "event.data.whole == 10.0",
        "event.data.whole == event.data.n",
        "event.data.big > 1000000",
        "event.data.exact == event.data.total",
        "int(event.data.n) % 2 == 0",
        "event.data.customer.vip",
        "event.data.customer.level > 2 || event.data.missing == 1",
        "size(event.data.tags) == 3",
        "'a' in event.data.tags",
        "event.data.tags.exists(tag, tag == 'b')",
        "event.data.nothing == null",
        "has(event.data.name)",
        "!has(event.data.missing)",
        "has(event.data.customer) && has(event.data.customer.vip)",
        "has(event.data.missing) ? event.data.missing > 1 : true",
        "true"
      })
  void holds(String condition) {
    assertThat(test(condition)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "event.type == 'order.cancelled'",
        "event.data.n == 11",
        "event.data.n > 10",
        "event.data.name == 10",
        "has(event.data.missing) && event.data.missing > 1",
        "event.data.nothing == 1",
        "false"
      })
  void doesNotHold(String condition) {
    assertThat(test(condition)).isFalse();
  }

  @Test
  @DisplayName("reading a key that is not there is an error that shows the way out, not false")
  void missingKeyIsAnError() {
    Condition condition = engine.compile("event.data.missing > 1", EVENT);
    assertThatThrownBy(() -> condition.test(ORDER))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("event.data.missing > 1")
        .hasMessageContaining("missing")
        .hasMessageContaining("has(event.data.x)");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "event.data.name > 10",
        "event.id.x == 1",
        "event.data.tags[5] == 'a'",
        "event.data.whole / 0 > 1",
        "event.data.tags.all(tag, tag.startsWith('a') || tag.startsWith('b'))",
        "event.data.name.matches('(')",
        "int(event.data.name) > 1"
      })
  @DisplayName(
      "whatever goes wrong while a condition is tested is an IllegalArgumentException that shows the condition")
  void failuresAreErrors(String source) {
    Condition condition = engine.compile(source, EVENT);
    assertThatThrownBy(() -> condition.test(ORDER))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(source);
  }

  @Test
  @DisplayName("a value that is no truth value is an error when it turns up")
  void valueThatIsNoTruthIsAnError() {
    Condition condition = engine.compile("event.data.name", EVENT);
    assertThatThrownBy(() -> condition.test(ORDER))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("instead of true or false");
    Condition none = engine.compile("event.data.nothing", EVENT);
    assertThatThrownBy(() -> none.test(ORDER)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  @DisplayName("what can never be a truth value does not compile")
  void expressionThatIsNoConditionDoesNotCompile() {
    assertThatThrownBy(() -> engine.compile("1 + 1", EVENT))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("int");
  }

  @Test
  @DisplayName("a syntax error is reported with its place")
  void syntaxErrorHasAPlace() {
    assertThatThrownBy(() -> engine.compile("event.type ==", EVENT))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("line 1")
        .hasMessageContaining("column");
    assertThatThrownBy(() -> engine.compile("", EVENT))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  @DisplayName("an unknown variable or function does not compile, and is named")
  void unknownNamesDoNotCompile() {
    assertThatThrownBy(() -> engine.compile("evnt.type == 'a'", EVENT))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("evnt");
    assertThatThrownBy(() -> engine.compile("contain(event.type, 'a')", EVENT))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("contain");
  }

  @Test
  @DisplayName("several variables can be used, as trip conditions of circuit breakers do")
  void severalVariables() {
    Condition trip =
        engine.compile(
            "consecutiveFailures > 5 || totalFailures * 2 > requests",
            Set.of("consecutiveFailures", "totalFailures", "requests"));
    assertThat(trip.test(Map.of("consecutiveFailures", 1, "totalFailures", 6L, "requests", 10)))
        .isTrue();
    assertThat(trip.test(Map.of("consecutiveFailures", 1, "totalFailures", 5L, "requests", 10)))
        .isFalse();
  }

  @Test
  @DisplayName("one condition serves many threads")
  void conditionsAreSafeForManyThreads() {
    Condition condition = engine.compile("event.data.n == 10", EVENT);
    List<CompletableFuture<Boolean>> results =
        java.util.stream.IntStream.range(0, 8)
            .mapToObj(
                thread ->
                    CompletableFuture.supplyAsync(
                        () -> {
                          boolean all = true;
                          for (int n = 0; n < 500; n++) {
                            boolean expected = n % 2 == 0;
                            Map<String, ?> data = Map.of("n", expected ? 10.0 : 11.0);
                            all &=
                                condition.test(Map.of("event", Map.of("data", data))) == expected;
                          }
                          return all;
                        }))
            .toList();
    assertThat(results).allMatch(CompletableFuture::join);
  }

  @Test
  @DisplayName("it is found on the class path")
  void engineIsFound() {
    assertThat(ServiceLoader.load(ExpressionEngine.class))
        .hasExactlyElementsOfTypes(CelExpressionEngine.class);
  }
}
