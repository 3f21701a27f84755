package dev.inboard.internal.state;

import static dev.inboard.internal.state.Failures.assertFails;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.inboard.common.ErrorCode;
import dev.inboard.common.InboardException;
import dev.inboard.internal.runtime.OpenedComponent;
import dev.inboard.spi.state.StateStoreDriver;
import dev.inboard.spi.state.StoredValue;
import dev.inboard.state.StateStore;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What the store makes of drivers that are slow, closed, replaced or broken. */
@Timeout(120)
class DriverBehaviourTest {
  private final TestStore component = new TestStore();

  /** A store whose reads the test answers. */
  private static final class SlowDriver extends PlainDriver {
    final CompletableFuture<@Nullable StoredValue> answer = new CompletableFuture<>();
    volatile boolean asked;

    SlowDriver(StateStoreDriver behind) {
      super(behind);
    }

    @Override
    public CompletionStage<@Nullable StoredValue> get(String key) {
      asked = true;
      return answer;
    }
  }

  private static Thread client(Runnable work) {
    Thread thread = new Thread(work, "client");
    thread.setDaemon(true);
    thread.start();
    return thread;
  }

  @Test
  void getWaitsForASlowDriver() {
    SlowDriver slow = new SlowDriver(component.inMemory());
    client(
        () -> {
          await().until(() -> slow.asked);
          slow.answer.complete(new StoredValue(new byte[] {'1'}, "etag", null));
        });
    assertThat(component.over(slow).get("17", Integer.class).orElseThrow().value()).isEqualTo(1);
  }

  @Test
  void failureOfASlowDriverIsTold() {
    SlowDriver slow = new SlowDriver(component.inMemory());
    client(
        () -> {
          await().until(() -> slow.asked);
          slow.answer.completeExceptionally(
              new InboardException(
                  ErrorCode.UNAVAILABLE, "x", "get 'checkout||17'", "connection refused"));
        });
    StateStore orders = component.over(slow);
    assertFails(
        ErrorCode.UNAVAILABLE,
        () -> orders.get("17", Integer.class),
        "get '17' failed",
        "connection refused");
  }

  @Test
  void driverThatThrowsIsADefect() {
    StateStore orders =
        component.over(
            new PlainDriver(component.inMemory()) {
              @Override
              public CompletionStage<@Nullable StoredValue> get(String key) {
                throw new IllegalStateException("confidential");
              }
            });
    assertFails(
        ErrorCode.INTERNAL,
        () -> orders.get("17", Integer.class),
        "get '17' failed",
        "IllegalStateException");
  }

  @Test
  void callsAfterCloseAreCancelled() {
    StateStoreDriver driver = component.inMemory();
    StateStore orders = component.over(driver);
    driver.close();
    assertFails(ErrorCode.CANCELLED, () -> orders.get("17", Integer.class), "get '17'");
    assertFails(ErrorCode.CANCELLED, () -> orders.save("17", 1), "save '17'");
    assertFails(ErrorCode.CANCELLED, () -> orders.delete("17"), "delete '17'");
    assertFails(ErrorCode.CANCELLED, () -> orders.keys(""), "keys ''");
  }

  @Test
  void callsRacingWithAReplacementAllSucceed() throws Exception {
    OpenedComponent<StateStoreDriver> opened = component.component(component.inMemory());
    StateStore orders = new DefaultStateStore(opened, component.context());
    ExecutorService threads = Executors.newFixedThreadPool(4);
    try {
      List<Callable<Integer>> writers = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        String key = "k" + i;
        writers.add(
            () -> {
              for (int n = 0; n < 5_000; n++) {
                orders.save(key, n);
                orders.get(key, Integer.class);
                orders.async().save(key, n).join();
              }
              return 1;
            });
      }
      Thread replacing =
          client(
              () -> {
                while (!Thread.currentThread().isInterrupted()) {
                  opened.swap(component.inMemory()).close();
                }
              });
      for (Future<Integer> outcome : threads.invokeAll(writers)) {
        assertThat(outcome.get()).isEqualTo(1);
      }
      replacing.interrupt();
      replacing.join();
    } finally {
      threads.shutdownNow();
    }
  }
}
