package dev.inboard.postgresql;

import static dev.inboard.postgresql.TestComponents.put;
import static dev.inboard.postgresql.TestComponents.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.inboard.common.InboardException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/** Counts up in one entry per thread, until told to stop, whatever fails meanwhile. */
final class Writers implements AutoCloseable {
  final Map<String, Integer> acknowledged = new ConcurrentHashMap<>();
  final Map<String, Integer> tried = new ConcurrentHashMap<>();
  final AtomicInteger failures = new AtomicInteger();
  final AtomicInteger written = new AtomicInteger();
  private final AtomicBoolean stopped = new AtomicBoolean();
  private final List<Thread> threads = new ArrayList<>();

  Writers(PostgresStateStoreDriver store) {
    for (int t = 0; t < 8; t++) {
      String key = "k" + t;
      Thread thread = new Thread(() -> write(store, key));
      threads.add(thread);
      thread.start();
    }
  }

  private void write(PostgresStateStoreDriver store, String key) {
    for (int n = 1; !stopped.get(); n++) {
      tried.put(key, n);
      try {
        put(store, key, String.valueOf(n));
        acknowledged.put(key, n);
        written.incrementAndGet();
      } catch (InboardException e) {
        assertThat(e.code().isTransient()).as(e.getMessage()).isTrue();
        failures.incrementAndGet();
      }
    }
  }

  void awaitMore(int writes) {
    int target = written.get() + writes;
    await().atMost(Duration.ofSeconds(90)).until(() -> written.get() >= target);
  }

  @Override
  public void close() throws InterruptedException {
    stopped.set(true);
    for (Thread thread : threads) {
      thread.join();
    }
  }

  /** What is stored is the last acknowledged value, or one that was tried after it. */
  void assertNothingIsLost(PostgresStateStoreDriver store) {
    assertThat(acknowledged).hasSize(8);
    acknowledged.forEach(
        (key, last) ->
            assertThat(Integer.parseInt(text(store, key)))
                .as("stored under %s", key)
                .isBetween(last, tried.get(key)));
  }
}
