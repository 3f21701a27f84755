package dev.inboard.internal.outbox;

import static org.assertj.core.api.Assertions.assertThat;

import dev.inboard.common.ErrorCode;
import dev.inboard.common.InboardException;
import dev.inboard.internal.resiliency.Later;
import dev.inboard.spi.state.OutboxStateStoreDriver.StoredEvent;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class LanesTest {
  private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
  private final List<String> begun = new ArrayList<>(); // guarded by itself
  private final Map<String, CompletableFuture<Void>> publishing = new HashMap<>(); // by begun
  private final Lanes lanes =
      new Lanes(
          event -> {
            synchronized (begun) {
              begun.add(event.position());
              return publishing.computeIfAbsent(event.position(), any -> new CompletableFuture<>());
            }
          },
          "test",
          new Later(timer),
          () -> {});

  @AfterEach
  void close() {
    timer.shutdownNow();
  }

  private void add(String position, String key) {
    lanes.add(new StoredEvent(position, key, new byte[0]));
  }

  private CompletableFuture<Void> publication(String position) {
    synchronized (begun) {
      return publishing.computeIfAbsent(position, any -> new CompletableFuture<>());
    }
  }

  private List<String> begun() {
    synchronized (begun) {
      return List.copyOf(begun);
    }
  }

  @Test
  @DisplayName("the events of one key follow each other; those of others do not wait")
  void oneAfterTheOtherForEachKey() {
    add("1", "a");
    add("2", "a");
    add("3", "b");
    assertThat(begun()).containsExactly("1", "3");
    publication("1").complete(null);
    assertThat(begun()).containsExactly("1", "3", "2");
    assertThat(lanes.takePublished()).containsExactly("1");
  }

  @Test
  @DisplayName("an event that is read again is not published again")
  void knownEventsAreNotAddedAgain() {
    add("1", "a");
    publication("1").complete(null);
    add("1", "a");
    assertThat(begun()).containsExactly("1");
    lanes.forgotten(lanes.takePublished());
    assertThat(lanes.areEmpty()).isTrue();
  }

  @Test
  @DisplayName("an event that fails is tried again, and holds back its key alone")
  void failureHoldsBackItsKeyAlone() {
    add("1", "a");
    add("2", "a");
    CompletableFuture<Void> first = publication("1");
    synchronized (begun) {
      publishing.remove("1");
    }
    first.completeExceptionally(
        new InboardException(ErrorCode.UNAVAILABLE, null, "publish", "no broker"));
    add("3", "b");
    publication("3").complete(null);
    assertThat(lanes.takePublished()).containsExactly("3");
    Awaitility.await()
        .atMost(Duration.ofSeconds(60))
        .untilAsserted(() -> assertThat(begun()).containsExactly("1", "3", "1"));
    publication("1").complete(null);
    assertThat(begun()).endsWith("2");
  }

  @Test
  @DisplayName("what another process relays from now on is let go of")
  void clearedLanesGoNoFurther() {
    add("1", "a");
    add("2", "a");
    lanes.clear();
    publication("1").complete(null);
    assertThat(begun()).containsExactly("1");
  }
}
