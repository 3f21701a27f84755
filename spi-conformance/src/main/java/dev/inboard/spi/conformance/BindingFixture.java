package dev.inboard.spi.conformance;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.inboard.spi.Feature;
import dev.inboard.spi.bindings.BindingDriver;
import dev.inboard.spi.bindings.InputBindingDriver;
import dev.inboard.spi.bindings.OutputBindingDriver;
import dev.inboard.spi.bindings.OutputBindingDriver.Request;
import dev.inboard.spi.bindings.OutputBindingDriver.Response;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletionStage;

/** What the binding suites ask of the test class, and the verbs in which they are written. */
interface BindingFixture {
  BindingDriver driver();

  BindingDriver open() throws Exception;

  String thing(String name);

  Set<Feature> expectedFeatures();

  Set<String> expectedOperations();

  boolean expectsInput();

  Map<String, String> naming(String thing);

  void causeEvent() throws Exception;

  boolean deliversConcurrently();

  Duration quietTime();

  default OutputBindingDriver output() {
    return (OutputBindingDriver) driver();
  }

  default InputBindingDriver input() {
    return (InputBindingDriver) driver();
  }

  /** Skips the test, saying why, when the binding lacks one of the operations. */
  default void needs(String... operations) {
    assumeTrue(
        expectedOperations().containsAll(Set.of(operations)),
        () -> "the binding does not know all of " + String.join(", ", operations));
  }

  /** Skips the test, saying why, when the binding brings no events in. */
  default void needsInput() {
    assumeTrue(expectsInput(), "the binding has no input side");
  }

  default CompletionStage<Response> invoke(String operation, String thing, byte[] data) {
    return output().invoke(new Request(operation, data, naming(thing)));
  }

  default Response create(String thing, byte[] data) {
    return Answers.await(invoke("create", thing, data));
  }

  default byte[] get(String thing) {
    byte[] data = Answers.await(invoke("get", thing, new byte[0])).data();
    if (data == null) {
      throw new AssertionError("get of " + thing + " returned no data");
    }
    return data;
  }

  static byte[] bytes(String text) {
    return text.getBytes(UTF_8);
  }
}
