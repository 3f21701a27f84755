package dev.inboard.internal.bindings;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.inboard.TypeRef;
import dev.inboard.bindings.BindingResponse;
import dev.inboard.bindings.OutputBinding;
import dev.inboard.common.ErrorCode;
import dev.inboard.common.InboardException;
import dev.inboard.spi.bindings.BindingDriver;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OutputBindingTest {
  record Order(String id, int quantity, Instant at) {}

  private static final Order ORDER = new Order("17", 2, Instant.parse("2026-01-02T03:04:05Z"));

  private final OutputBinding binding = output(new TestBinding(), Map.of());

  @Test
  void bytesTravelAsTheyAre() {
    assertThat(binding.invoke("echo", new byte[] {0, -1}).data()).containsExactly(0, -1);
  }

  @Test
  void textTravelsWithoutQuotes() {
    BindingResponse response = binding.invoke("echo", "grün \"7\"");
    assertThat(response.data()).isEqualTo("grün \"7\"".getBytes(UTF_8));
    assertThat(response.data(String.class)).isEqualTo("grün \"7\"");
  }

  @Test
  void everythingElseTravelsAsJson() {
    BindingResponse response = binding.invoke("echo", List.of(ORDER));
    assertThat(response.data(String.class))
        .isEqualTo("[{\"id\":\"17\",\"quantity\":2,\"at\":\"2026-01-02T03:04:05Z\"}]");
    assertThat(response.data(new TypeRef<List<Order>>() {})).containsExactly(ORDER);
  }

  @Test
  void noDataIsEmptyForTheBindingAndAbsentInTheAnswer() {
    assertThat(binding.invoke("echo").data()).isEmpty();
    BindingResponse nothing = binding.invoke("nothing", "x");
    assertThat(nothing.hasData()).isFalse();
    assertThat(nothing.data()).isEmpty();
    assertThatThrownBy(() -> nothing.data(String.class))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("the operation 'nothing' returned no data");
  }

  @Test
  void metadataTravelsBothWays() {
    assertThat(binding.invoke("echo", null, Map.of("fileName", "a")).metadata())
        .isEqualTo(Map.of("fileName", "a"));
  }

  @Test
  void asyncVerbsDoTheSame() {
    assertThat(binding.async().invoke("echo").join().data()).isEmpty();
    assertThat(binding.async().invoke("echo", "a").join().data(String.class)).isEqualTo("a");
    assertThatThrownBy(() -> binding.async().invoke("fly").join())
        .isInstanceOf(CompletionException.class)
        .hasCauseInstanceOf(InboardException.class);
  }

  @Test
  void unknownOperationListsTheKnownOnes() {
    InboardException failure =
        catchThrowableOfType(InboardException.class, () -> binding.invoke("fly"));
    assertThat(failure.code()).isEqualTo(ErrorCode.UNSUPPORTED);
    assertThat(failure)
        .hasMessage(
            "box (bindings.test): invoke 'fly' failed: UNSUPPORTED: this binding does not know the"
                + " operation; it knows echo, nothing");
    assertThat(binding.operations()).containsExactlyInAnyOrder("echo", "nothing");
    assertThat(binding.name()).isEqualTo("box");
  }

  @Test
  void dataThatDoesNotEncodeIsRefused() {
    Object unknown = new Object();
    InboardException failure =
        catchThrowableOfType(InboardException.class, () -> binding.invoke("echo", unknown));
    assertThat(failure.code()).isEqualTo(ErrorCode.INVALID_ARGUMENT);
    assertThat(failure)
        .hasMessageContaining("the java.lang.Object does not encode to application/json");
  }

  @Test
  void answerThatDoesNotDecodeIsToldWithoutShowingIt() {
    BindingResponse response = binding.invoke("echo", "hunter2");
    InboardException failure =
        catchThrowableOfType(InboardException.class, () -> response.data(Order.class));
    assertThat(failure.code()).isEqualTo(ErrorCode.DATA_LOSS);
    assertThat(failure)
        .hasMessageContaining("the 7 bytes are no dev.inboard.internal.bindings.OutputBindingTest")
        .hasMessageNotContaining("hunter2")
        .hasNoCause();
    assertThat(response.toString()).doesNotContain("hunter2");
  }

  @ParameterizedTest(name = "''{0}'': input {1}, output {2}")
  @CsvSource({
    "'',                true,  true",
    "input,             true,  false",
    "OUTPUT,            false, true",
    "'input, output',   true,  true",
    "' Output ,INPUT ', true,  true",
  })
  void directionLimitsWhatAComponentIsUsedFor(String direction, boolean input, boolean output) {
    var component =
        TestBinding.opened(new TestBinding(), "bindings.test", Map.of("direction", direction));
    assertThat(Bindings.hasInput(component)).isEqualTo(input);
    assertThat(Bindings.hasOutput(component)).isEqualTo(output);
  }

  @Test
  void directionThatIsNoneIsReported() {
    assertThatThrownBy(() -> output(new TestBinding(), Map.of("direction", "sideways")))
        .hasMessage(
            "field 'direction': 'sideways' is neither input nor output nor 'input, output'");
  }

  @Test
  void outputThatTheFileForbidsIsUnsupported() {
    assertThatThrownBy(() -> output(new TestBinding(), Map.of("direction", "input")))
        .hasMessage(
            "box (bindings.test): invoke failed: UNSUPPORTED: its field 'direction' leaves output"
                + " out; add it there");
  }

  @ParameterizedTest
  @CsvSource({"'', box", "orders, orders", "/orders, orders", "/, box"})
  void routeNamesTheHandler(String route, String handler) {
    var component = TestBinding.opened(new TestBinding(), "bindings.test", Map.of("route", route));
    assertThat(Bindings.handlerName(component.spec())).isEqualTo(handler);
  }

  private static OutputBinding output(BindingDriver driver, Map<String, String> metadata) {
    return Bindings.output(
        TestBinding.opened(driver, "bindings.test", metadata),
        TestBinding.context(Runnable::run, null));
  }
}
