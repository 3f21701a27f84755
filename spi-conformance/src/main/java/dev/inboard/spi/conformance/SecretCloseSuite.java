package dev.inboard.spi.conformance;

import static dev.inboard.spi.conformance.Answers.assertFails;
import static dev.inboard.spi.conformance.Answers.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.inboard.common.ErrorCode;
import dev.inboard.common.InboardException;
import dev.inboard.spi.secrets.SecretStoreDriver;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** The end of a driver: later calls are told so, and nothing of it stays. */
interface SecretCloseSuite extends SecretFixture {
  @Test
  @DisplayName("every call after close fails with CANCELLED")
  default void callsAfterCloseAreCancelled() {
    driver().close();
    assertFails(ErrorCode.CANCELLED, driver().get("conftestsecret", Map.of()));
    assertFails(ErrorCode.CANCELLED, driver().get("no-such-secret", Map.of()));
    assertFails(ErrorCode.CANCELLED, driver().getBulk(Map.of()));
    assertFails(ErrorCode.CANCELLED, driver().ping());
  }

  @Test
  @DisplayName("closing again does nothing, and the features stay readable")
  default void closeIsIdempotent() {
    driver().close();
    driver().close();
    assertThat(driver().features()).isEqualTo(expectedFeatures());
  }

  @Test
  @DisplayName("closing one driver leaves the others at work")
  default void closeLeavesOthersAlone() throws Exception {
    open().close();
    assertThat(get("conftestsecret").values()).isNotEmpty();
  }

  @Test
  @DisplayName("a closed driver leaves no thread behind")
  default void closeLeavesNoThread() throws Exception {
    driver().close();
    LiveThreads threads = new LiveThreads();
    SecretStoreDriver driver = open();
    await(driver.get("conftestsecret", Map.of()));
    await(driver.getBulk(Map.of()));
    driver.close();
    threads.awaitNoMore();
  }

  @Test
  @DisplayName("reads racing with close are answered or cancelled, and none hangs")
  default void readsRacingWithCloseEnd() throws Exception {
    SecretStoreDriver driver = driver();
    CountDownLatch busy = new CountDownLatch(4);
    ExecutorService threads = Executors.newFixedThreadPool(5);
    try {
      List<Future<ErrorCode>> readers = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        readers.add(
            threads.submit(
                () -> {
                  while (true) {
                    try {
                      await(driver.get("conftestsecret", Map.of()));
                      busy.countDown();
                    } catch (InboardException e) {
                      return e.code();
                    }
                  }
                }));
      }
      assertThat(busy.await(Answers.PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
      driver.close();
      for (Future<ErrorCode> reader : readers) {
        assertThat(reader.get(Answers.PATIENCE.toSeconds(), TimeUnit.SECONDS))
            .isEqualTo(ErrorCode.CANCELLED);
      }
    } finally {
      threads.shutdownNow();
    }
  }
}
