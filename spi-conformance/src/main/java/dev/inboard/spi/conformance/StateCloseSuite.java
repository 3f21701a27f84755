package dev.inboard.spi.conformance;

import static dev.inboard.spi.conformance.StateFixture.assertFails;
import static dev.inboard.spi.conformance.StateFixture.await;
import static dev.inboard.spi.conformance.StateFixture.set;
import static org.assertj.core.api.Assertions.assertThat;

import dev.inboard.common.ErrorCode;
import dev.inboard.common.InboardException;
import dev.inboard.spi.state.BulkStateStoreDriver;
import dev.inboard.spi.state.KeyListingStateStoreDriver;
import dev.inboard.spi.state.StateOperation;
import dev.inboard.spi.state.StateStoreDriver;
import dev.inboard.spi.state.TransactionalStateStoreDriver;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** The end of a driver: what was acknowledged stays, what comes later is told so. */
interface StateCloseSuite extends StateFixture {
  @Test
  @DisplayName("every call after close fails with CANCELLED")
  default void callsAfterCloseAreCancelled() {
    StateStoreDriver driver = driver();
    driver.close();
    assertFails(ErrorCode.CANCELLED, driver.get(key("a")));
    assertFails(ErrorCode.CANCELLED, driver.set(set(key("a"), "1")));
    assertFails(ErrorCode.CANCELLED, driver.delete(StateOperation.Delete.of(key("a"))));
    assertFails(ErrorCode.CANCELLED, driver.ping());
    if (driver instanceof TransactionalStateStoreDriver transactional) {
      assertFails(ErrorCode.CANCELLED, transactional.transact(List.of(set(key("a"), "1"))));
    }
    if (driver instanceof KeyListingStateStoreDriver listing) {
      assertFails(ErrorCode.CANCELLED, listing.listKeys("", 1, null));
    }
    if (driver instanceof BulkStateStoreDriver bulk) {
      assertFails(ErrorCode.CANCELLED, bulk.getBulk(List.of(key("a"))));
      assertFails(ErrorCode.CANCELLED, bulk.writeBulk(List.of(set(key("a"), "1"))));
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
  @DisplayName("a driver that never did anything closes")
  default void unusedDriverCloses() throws Exception {
    open().close();
  }

  @Test
  @DisplayName("closing one driver leaves the others at work")
  default void closeLeavesOthersAlone() throws Exception {
    StateStoreDriver other = open();
    other.close();
    put(key("a"), "1");
    assertThat(text(key("a"))).isEqualTo("1");
  }

  @Test
  @DisplayName("what was acknowledged before close is there when the data is opened again")
  default void acknowledgedWritesOutliveTheDriver() throws Exception {
    put(key("a"), "1");
    driver().close();
    assertThat(await(open().get(key("a"))) != null).as("still there").isEqualTo(sharesData());
  }

  @Test
  @DisplayName(
      "calls racing with several closes are carried out or cancelled, and no acknowledged one is lost")
  default void concurrentCloseLosesNothing() throws Exception {
    StateStoreDriver driver = driver();
    Queue<String> acknowledged = new ConcurrentLinkedQueue<>();
    AtomicInteger cancelled = new AtomicInteger();
    CountDownLatch busy = new CountDownLatch(8);
    ExecutorService threads = Executors.newFixedThreadPool(11);
    try {
      List<Future<?>> outcomes = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        String stem = key("close" + i + "-");
        outcomes.add(
            threads.submit(
                () -> {
                  for (int n = 0; ; n++) {
                    try {
                      await(driver.set(set(stem + n, "1")));
                      acknowledged.add(stem + n);
                      busy.countDown();
                    } catch (InboardException e) {
                      assertThat(e.code()).as(e.getMessage()).isEqualTo(ErrorCode.CANCELLED);
                      return cancelled.incrementAndGet();
                    }
                  }
                }));
      }
      assertThat(busy.await(PATIENCE.toSeconds(), TimeUnit.SECONDS))
          .as("all writers at work")
          .isTrue();
      for (int i = 0; i < 3; i++) {
        outcomes.add(threads.submit(driver::close));
      }
      for (Future<?> outcome : outcomes) {
        outcome.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
      }
    } finally {
      threads.shutdownNow();
    }
    assertThat(cancelled).hasValue(8);
    if (sharesData()) {
      StateStoreDriver reopened = open();
      assertThat(acknowledged).allSatisfy(key -> assertThat(await(reopened.get(key))).isNotNull());
    }
  }
}
