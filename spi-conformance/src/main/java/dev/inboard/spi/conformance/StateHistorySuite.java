package dev.inboard.spi.conformance;

import static dev.inboard.spi.conformance.StateFixture.await;
import static dev.inboard.spi.conformance.StateFixture.etagOf;
import static dev.inboard.spi.conformance.StateFixture.set;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.inboard.common.ErrorCode;
import dev.inboard.common.InboardException;
import dev.inboard.spi.Feature;
import dev.inboard.spi.state.Concurrency;
import dev.inboard.spi.state.StateStoreDriver;
import dev.inboard.spi.state.StoredValue;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/**
 * Many writers on one key: the recorded history must be that of one counter, seen by all in real
 * time.
 */
interface StateHistorySuite extends StateFixture {
  /** The number of threads. */
  int WRITERS = 32;

  @Test
  @DisplayName(
      "32 threads that increment under ETags lose no update, and the recorded history is linearizable")
  default void incrementsUnderEtagsAreLinearizable() throws Exception {
    needs(Feature.ETAG);
    String initial = put(key("counter"), "0");
    CounterHistory history = new CounterHistory(initial);
    List<StateStoreDriver> drivers = new ArrayList<>(List.of(driver()));
    if (sharesData()) {
      drivers.add(open());
    }
    List<Callable<Void>> writers = new ArrayList<>();
    for (int i = 0; i < WRITERS; i++) {
      StateStoreDriver driver = drivers.get(i % drivers.size());
      writers.add(
          () -> {
            for (int done = 0; done < incrementsPerThread(); ) {
              done += increment(driver, key("counter"), history) ? 1 : 0;
            }
            return null;
          });
    }
    together(writers);
    assertThat(text(key("counter"))).isEqualTo("" + WRITERS * incrementsPerThread());
    history.check(WRITERS * incrementsPerThread());
  }

  private static boolean increment(StateStoreDriver driver, String key, CounterHistory history) {
    long readStart = System.nanoTime();
    StoredValue stored = await(driver.get(key));
    long readEnd = System.nanoTime();
    assertThat(stored).isNotNull();
    String used = etagOf(stored);
    int value = Integer.parseInt(new String(stored.value(), UTF_8));
    history.read(value, used, readStart, readEnd);
    long writeStart = System.nanoTime();
    try {
      String etag = await(driver.set(set(key, "" + (value + 1)).ifMatch(used)));
      history.wrote(value + 1, used, String.valueOf(etag), writeStart, System.nanoTime());
      return true;
    } catch (InboardException e) {
      assertThat(e.code()).as(e.getMessage()).isEqualTo(ErrorCode.ETAG_MISMATCH);
      return false;
    }
  }

  @Test
  @DisplayName("of 32 threads that create the same key, exactly one succeeds")
  default void exactlyOneThreadCreates() throws Exception {
    needs(Feature.ETAG);
    for (int round = 0; round < 10; round++) {
      String key = key("create" + round);
      List<Callable<String>> writers = new ArrayList<>();
      for (int i = 0; i < WRITERS; i++) {
        String value = "" + i;
        writers.add(() -> wins(driver(), key, value) ? value : "");
      }
      List<String> winners =
          together(writers).stream().filter(winner -> !winner.isEmpty()).toList();
      assertThat(winners).hasSize(1);
      assertThat(text(key)).isEqualTo(winners.get(0));
    }
  }

  private static boolean wins(StateStoreDriver driver, String key, String value) {
    try {
      await(driver.set(set(key, value).with(Concurrency.FIRST_WRITE)));
      return true;
    } catch (InboardException e) {
      assertThat(e.code()).as(e.getMessage()).isEqualTo(ErrorCode.ETAG_MISMATCH);
      return false;
    }
  }

  private static <T> List<T> together(List<Callable<T>> calls) throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(calls.size());
    try {
      List<T> results = new ArrayList<>();
      for (Future<T> outcome :
          threads.invokeAll(calls, 3 * PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
        results.add(outcome.get());
      }
      return results;
    } finally {
      threads.shutdownNow();
    }
  }
}
