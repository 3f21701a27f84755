package dev.inboard.spi.conformance;

import static dev.inboard.spi.conformance.StateFixture.assertMismatch;
import static dev.inboard.spi.conformance.StateFixture.await;
import static dev.inboard.spi.conformance.StateFixture.bytes;
import static dev.inboard.spi.conformance.StateFixture.set;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.inboard.common.InboardException;
import dev.inboard.spi.Feature;
import dev.inboard.spi.state.Concurrency;
import dev.inboard.spi.state.OutboxStateStoreDriver;
import dev.inboard.spi.state.OutboxStateStoreDriver.OutboxEvent;
import dev.inboard.spi.state.OutboxStateStoreDriver.StoredEvent;
import dev.inboard.spi.state.StateOperation;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Events beside entries: written together, read in order, gone when they are forgotten. */
interface StateOutboxSuite extends StateFixture {
  private OutboxStateStoreDriver outbox() {
    needs(Feature.OUTBOX);
    return (OutboxStateStoreDriver) driver();
  }

  private static OutboxEvent event(String key, String body) {
    return new OutboxEvent(key, bytes(body));
  }

  private List<String> bodies(String name) {
    return all(name).stream().map(event -> new String(event.body(), UTF_8)).toList();
  }

  private List<StoredEvent> all(String name) {
    List<StoredEvent> events = new ArrayList<>();
    String after = null;
    while (true) {
      List<StoredEvent> page = await(outbox().pending(name, after, 7));
      events.addAll(page);
      if (page.size() < 7) {
        return events;
      }
      after = page.get(6).position();
    }
  }

  @Test
  @DisplayName("a store that declares an outbox has one, and no other")
  default void outboxIsDeclared() {
    assertThat(driver().features().contains(Feature.OUTBOX))
        .isEqualTo(expectedFeatures().contains(Feature.OUTBOX));
    if (expectedFeatures().contains(Feature.OUTBOX)) {
      assertThat(driver()).isInstanceOf(OutboxStateStoreDriver.class);
    }
  }

  @Test
  @DisplayName("a transaction writes entries and events; events come in their order, page by page")
  default void eventsComeInTheirOrder() {
    String name = key("order");
    List<String> expected = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      await(
          outbox()
              .transact(
                  List.of(set(key("a"), "" + i)),
                  name,
                  List.of(event("a", "first " + i), event("b", "second " + i))));
      expected.add("first " + i);
      expected.add("second " + i);
    }
    assertThat(text(key("a"))).isEqualTo("19");
    assertThat(bodies(name)).containsExactlyElementsOf(expected);
    assertThat(all(name).get(1).key()).isEqualTo("b");
  }

  @Test
  @DisplayName("a transaction that fails leaves neither entries nor events")
  default void failedTransactionsLeaveNothing() {
    String name = key("failed");
    String etag = put(key("b"), "1");
    assertMismatch(
        outbox()
            .transact(
                List.of(set(key("c"), "1"), set(key("b"), "2").ifMatch(etag + "x")),
                name,
                List.of(event("b", "never"))));
    assertMismatch(
        outbox()
            .transact(
                List.of(set(key("b"), "2").with(Concurrency.FIRST_WRITE)),
                name,
                List.of(event("b", "never"))));
    assertAbsent(key("c"));
    assertThat(bodies(name)).isEmpty();
  }

  @Test
  @DisplayName("events need no entries; their bytes come back the same")
  default void eventsNeedNoEntries() {
    String name = key("bytes");
    byte[] body = new byte[256];
    for (int i = 0; i < body.length; i++) {
      body[i] = (byte) i;
    }
    await(outbox().transact(List.of(), name, List.of(new OutboxEvent("ü \" '", body))));
    StoredEvent stored = all(name).get(0);
    assertThat(stored.body()).isEqualTo(body);
    assertThat(stored.key()).isEqualTo("ü \" '");
  }

  @Test
  @DisplayName("what is forgotten is gone, once and for all; the others stay")
  default void forgottenEventsAreGone() {
    String name = key("gone");
    for (int i = 0; i < 5; i++) {
      await(outbox().transact(List.of(), name, List.of(event("a", "" + i))));
    }
    List<StoredEvent> events = all(name);
    List<String> some = List.of(events.get(0).position(), events.get(3).position());
    assertThat(await(outbox().waiting(name))).isEqualTo(5);
    await(outbox().forget(name, some));
    await(outbox().forget(name, some));
    await(outbox().forget(name, List.of()));
    assertThat(bodies(name)).containsExactly("1", "2", "4");
    assertThat(await(outbox().waiting(name))).isEqualTo(3);
    assertThat(await(outbox().waiting(key("none")))).isZero();
  }

  @Test
  @DisplayName("positions are never used again, also when the outbox was empty in between")
  default void positionsAreNeverUsedAgain() {
    String name = key("positions");
    await(outbox().transact(List.of(), name, List.of(event("a", "1"))));
    String position = all(name).get(0).position();
    await(outbox().forget(name, List.of(position)));
    await(outbox().transact(List.of(), name, List.of(event("a", "2"))));
    assertThat(all(name).get(0).position()).isNotEqualTo(position);
    assertThat(await(outbox().pending(name, position, 10))).hasSize(1);
  }

  @Test
  @DisplayName("outboxes do not see each other's events, and listings of keys see none")
  default void outboxesAreApart() {
    await(outbox().transact(List.of(), key("one"), List.of(event("a", "1"))));
    await(outbox().transact(List.of(), key("two"), List.of(event("a", "2"))));
    assertThat(bodies(key("one"))).containsExactly("1");
    await(outbox().forget(key("one"), List.of(all(key("two")).get(0).position())));
    assertThat(bodies(key("two"))).containsExactly("2");
    if (expectedFeatures().contains(Feature.KEY_LISTING)) {
      assertThat(list(key(""), 100, null)).isEmpty();
    }
  }

  @Test
  @DisplayName("of writers that contend for an entry, the events are in the order of its values")
  default void orderIsThatOfTheCommits() throws Exception {
    String name = key("contended");
    OutboxStateStoreDriver outbox = outbox();
    await(outbox.set(set(key("n"), "0")));
    ExecutorService writers = Executors.newFixedThreadPool(4);
    List<Future<?>> done = new ArrayList<>();
    int each = incrementsPerThread();
    for (int i = 0; i < 4; i++) {
      done.add(
          writers.submit(
              () -> {
                for (int n = 0; n < each; n++) {
                  increment(outbox, name);
                }
              }));
    }
    writers.shutdown();
    for (Future<?> writer : done) {
      writer.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    }
    List<String> expected = new ArrayList<>();
    for (int i = 1; i <= 4 * each; i++) {
      expected.add("" + i);
    }
    assertThat(bodies(name)).containsExactlyElementsOf(expected);
  }

  private void increment(OutboxStateStoreDriver outbox, String name) {
    while (true) {
      var entry = live(key("n"));
      String next = "" + (Integer.parseInt(new String(entry.value(), UTF_8)) + 1);
      StateOperation write = set(key("n"), next).ifMatch(StateFixture.etagOf(entry));
      try {
        await(outbox.transact(List.of(write), name, List.of(event("n", next))));
        return;
      } catch (InboardException e) {
        // another writer was faster; the next round reads what it wrote
      }
    }
  }
}
