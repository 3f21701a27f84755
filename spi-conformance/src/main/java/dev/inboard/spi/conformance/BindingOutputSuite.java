package dev.inboard.spi.conformance;

import static dev.inboard.spi.conformance.Answers.assertFails;
import static dev.inboard.spi.conformance.Answers.await;
import static dev.inboard.spi.conformance.BindingFixture.bytes;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.inboard.common.ErrorCode;
import dev.inboard.common.InboardException;
import dev.inboard.spi.bindings.OutputBindingDriver;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** The output side: its operations do what their names say. */
interface BindingOutputSuite extends BindingFixture {
  @Test
  @DisplayName("the driver has an output side exactly when operations are expected, and knows them")
  default void operationsAreDeclared() {
    assertThat(driver() instanceof OutputBindingDriver)
        .as("output side")
        .isEqualTo(!expectedOperations().isEmpty());
    if (driver() instanceof OutputBindingDriver output) {
      assertThat(output.operations()).isEqualTo(expectedOperations());
    }
    assertThat(driver().features()).isEqualTo(expectedFeatures());
  }

  @Test
  @DisplayName("ping of a binding that serves succeeds")
  default void pingSucceeds() {
    await(driver().ping());
  }

  @Test
  @DisplayName("get returns the bytes that create was given, whatever they are")
  default void getReturnsWhatWasCreated() {
    needs("create", "get");
    byte[] every = new byte[256];
    for (int i = 0; i < every.length; i++) {
      every[i] = (byte) i;
    }
    List<byte[]> samples =
        List.of(every, bytes("test"), bytes("\"quoted\""), bytes("{\"a\": 1}"), bytes("aGVsbG8="));
    for (int i = 0; i < samples.size(); i++) {
      create(thing("sample" + i), samples.get(i));
      assertThat(get(thing("sample" + i))).isEqualTo(samples.get(i));
    }
  }

  @Test
  @DisplayName("create of a thing that exists replaces it")
  default void createReplaces() {
    needs("create", "get");
    create(thing("a"), bytes("a longer first value"));
    create(thing("a"), bytes("second"));
    assertThat(get(thing("a"))).isEqualTo(bytes("second"));
  }

  @Test
  @DisplayName("get of a thing that does not exist fails with NOT_FOUND and names it")
  default void getOfAbsentThingIsNotFound() {
    needs("get");
    InboardException failure =
        assertFails(ErrorCode.NOT_FOUND, invoke("get", thing("absent"), new byte[0]));
    assertThat(failure.component()).as("component").isNotNull();
    assertThat(failure.getMessage()).contains(thing("absent"));
  }

  @Test
  @DisplayName("list names what was created")
  default void listNamesWhatWasCreated() {
    needs("create", "list");
    create(thing("listed"), bytes("1"));
    OutputBindingDriver.Request list =
        new OutputBindingDriver.Request("list", new byte[0], Map.of());
    byte[] names = await(output().invoke(list)).data();
    assertThat(names).as("what list returns").isNotNull();
    assertThat(new String(names, UTF_8)).contains(thing("listed"));
  }

  @Test
  @DisplayName("a deleted thing is gone")
  default void deletedThingIsGone() {
    needs("create", "get", "delete");
    create(thing("a"), bytes("1"));
    await(invoke("delete", thing("a"), new byte[0]));
    assertFails(ErrorCode.NOT_FOUND, invoke("get", thing("a"), new byte[0]));
  }

  @Test
  @DisplayName("readers of a thing that many threads replace see one whole value or another")
  default void concurrentReplacingIsNeverTorn() throws Exception {
    needs("create", "get");
    create(thing("contended"), value('0'));
    ExecutorService threads = Executors.newFixedThreadPool(16);
    try {
      List<Future<?>> outcomes = new ArrayList<>();
      for (int i = 0; i < 200; i++) {
        char letter = (char) ('a' + i % 26);
        outcomes.add(threads.submit(() -> create(thing("contended"), value(letter))));
        outcomes.add(
            threads.submit(
                () -> {
                  byte[] seen = get(thing("contended"));
                  assertThat(seen).isEqualTo(value((char) seen[0]));
                }));
      }
      for (Future<?> outcome : outcomes) {
        outcome.get(Answers.PATIENCE.toSeconds(), TimeUnit.SECONDS);
      }
    } finally {
      threads.shutdownNow();
    }
  }

  private static byte[] value(char letter) {
    byte[] value = new byte[20_000];
    Arrays.fill(value, (byte) letter);
    return value;
  }
}
