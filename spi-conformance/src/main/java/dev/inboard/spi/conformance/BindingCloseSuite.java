package dev.inboard.spi.conformance;

import static dev.inboard.spi.conformance.Answers.assertFails;
import static dev.inboard.spi.conformance.Answers.await;
import static dev.inboard.spi.conformance.BindingFixture.bytes;
import static org.assertj.core.api.Assertions.assertThat;

import dev.inboard.common.ErrorCode;
import dev.inboard.spi.bindings.BindingDriver;
import dev.inboard.spi.bindings.InputBindingDriver;
import dev.inboard.spi.bindings.OutputBindingDriver;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** The end of a driver: later calls are told so, nothing arrives any more, nothing of it stays. */
interface BindingCloseSuite extends BindingFixture {
  @Test
  @DisplayName("every call after close fails with CANCELLED")
  default void callsAfterCloseAreCancelled() {
    driver().close();
    assertFails(ErrorCode.CANCELLED, driver().ping());
    if (driver() instanceof OutputBindingDriver output) {
      for (String operation : output.operations()) {
        assertFails(
            ErrorCode.CANCELLED,
            output.invoke(
                new OutputBindingDriver.Request(operation, bytes("1"), naming(thing("a")))));
      }
    }
    if (driver() instanceof InputBindingDriver input) {
      assertFails(ErrorCode.CANCELLED, input.read(1, new EventLog()));
    }
  }

  @Test
  @DisplayName("closing again does nothing, and the features stay readable")
  default void closeIsIdempotent() {
    driver().close();
    driver().close();
    assertThat(driver().features()).isEqualTo(expectedFeatures());
  }

  @Test
  @DisplayName("what was created before close is there when it is opened again")
  default void createdThingsOutliveTheDriver() throws Exception {
    needs("create", "get");
    create(thing("a"), bytes("1"));
    driver().close();
    OutputBindingDriver reopened = (OutputBindingDriver) open();
    assertThat(
            await(
                    reopened.invoke(
                        new OutputBindingDriver.Request("get", new byte[0], naming(thing("a")))))
                .data())
        .isEqualTo(bytes("1"));
  }

  @Test
  @DisplayName(
      "close ends the input side, events under way included, and later settling is harmless")
  default void closeEndsInput() throws Exception {
    needsInput();
    EventLog log = new EventLog();
    await(input().read(1, log));
    causeEvent();
    EventLog.Delivery underWay = log.next();
    driver().close();
    causeEvent();
    log.assertQuiet(quietTime());
    underWay.acknowledge();
    log.assertQuiet(quietTime());
  }

  @Test
  @DisplayName("a closed driver leaves no thread behind")
  default void closeLeavesNoThread() throws Exception {
    driver().close();
    LiveThreads threads = new LiveThreads();
    BindingDriver driver = open();
    if (driver instanceof OutputBindingDriver output && expectedOperations().contains("list")) {
      await(output.invoke(new OutputBindingDriver.Request("list", new byte[0], Map.of())));
    }
    if (driver instanceof InputBindingDriver input) {
      EventLog log = new EventLog();
      await(input.read(1, log));
      causeEvent();
      log.next().acknowledge();
    }
    driver.close();
    threads.awaitNoMore();
  }
}
