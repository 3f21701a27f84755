package dev.inboard.internal.outbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.inboard.Inboard;
import dev.inboard.InboardBuilder;
import dev.inboard.common.ErrorCode;
import dev.inboard.common.InboardException;
import dev.inboard.pubsub.Event;
import dev.inboard.pubsub.Inbox;
import dev.inboard.pubsub.MessageHandler;
import dev.inboard.pubsub.Outcome;
import dev.inboard.pubsub.PublishOptions;
import dev.inboard.pubsub.TopicSubscription;
import dev.inboard.resiliency.RetryPolicy;
import dev.inboard.state.SaveOptions;
import dev.inboard.state.StateChange;
import dev.inboard.state.StateStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.awaitility.Awaitility;
import org.awaitility.core.ThrowingRunnable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OutboxTest {
  record Order(String id, int quantity) {}

  record Placed(String id) {}

  private static final String OUTBOX =
      "  - {name: outboxPublishPubsub, value: bus}\n  - {name: outboxPublishTopic, value: orders}\n";

  @TempDir Path folder;
  private final List<Event<byte[]>> events = new CopyOnWriteArrayList<>();

  private void component(String name, String type, String metadata) throws IOException {
    Files.writeString(
        folder.resolve(name + ".yaml"),
        "apiVersion: dapr.io/v1alpha1\nkind: Component\nmetadata: {name: "
            + name
            + "}\nspec:\n  type: "
            + type
            + "\n  version: v1\n  metadata:\n"
            + (metadata.isEmpty() ? "  - {name: keyPrefix, value: appid}\n" : metadata));
  }

  private InboardBuilder builder(String scheme) throws IOException {
    component(
        "bus",
        "pubsub.in-memory",
        "  - {name: allowedTopics, value: 'orders,defaultshopordersoutbox,out'}\n");
    component(
        "shelf", "state.in-memory", OUTBOX + "  - {name: outboxScheme, value: " + scheme + "}\n");
    return Inboard.builder().appId("shop").resources(folder);
  }

  private Inboard start(String scheme) throws IOException {
    return builder(scheme)
        .subscribe(
            "bus",
            "orders",
            byte[].class,
            event -> {
              events.add(event);
              return Outcome.SUCCESS;
            })
        .start();
  }

  private static void eventually(ThrowingRunnable assertion) {
    Awaitility.await()
        .atMost(Duration.ofSeconds(60))
        .pollInterval(Duration.ofMillis(5))
        .untilAsserted(assertion);
  }

  private static String text(Event<byte[]> event) {
    return new String(event.data(), java.nio.charset.StandardCharsets.UTF_8);
  }

  @ParameterizedTest
  @ValueSource(strings = {"inboard", "dapr"})
  @DisplayName("what a transaction writes is published, and what it deletes is not")
  void writesArePublished(String scheme) throws IOException {
    try (Inboard inboard = start(scheme)) {
      StateStore shelf = inboard.stateStore("shelf");
      shelf.save("9", new Order("9", 1)); // no transaction, no event
      List<String> etags =
          shelf.transaction(
              List.of(
                  StateChange.save("17", new Order("17", 2)),
                  StateChange.delete("9"),
                  StateChange.save("18", new Order("18", 3))));
      assertThat(etags).hasSize(3);
      assertThat(etags.get(0)).isNotNull();
      assertThat(etags.get(1)).isNull();
      assertThat(etags.get(2)).isNotNull();
      eventually(() -> assertThat(events).hasSize(2));
      assertThat(events)
          .extracting(OutboxTest::text)
          .containsExactlyInAnyOrder(
              "{\"id\":\"17\",\"quantity\":2}", "{\"id\":\"18\",\"quantity\":3}");
      Event<byte[]> event = events.get(0);
      assertThat(event.id()).startsWith("outbox-");
      assertThat(event.source()).isEqualTo("shop");
      assertThat(event.type()).isEqualTo("com.dapr.event.sent");
      assertThat(event.contentType()).isEqualTo("application/json");
      assertThat(event.extensions())
          .containsEntry("topic", "orders")
          .containsEntry("pubsubname", "bus");
      assertThat(shelf.get("17", Order.class)).isPresent();
      assertThat(shelf.keys("").toList()).containsExactlyInAnyOrder("17", "18");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"inboard", "dapr"})
  @DisplayName("an event takes the place of the write of its key, or stands alone")
  void eventsTakeThePlaceOfWrites(String scheme) throws IOException {
    try (Inboard inboard = start(scheme)) {
      StateStore shelf = inboard.stateStore("shelf");
      List<String> etags =
          shelf.transaction(
              List.of(
                  StateChange.event(
                      "17",
                      new Placed("17"),
                      PublishOptions.DEFAULT.withType("placed").withSubject("17")),
                  StateChange.save("17", new Order("17", 2)),
                  StateChange.event("gone", "bye")));
      assertThat(etags.get(0)).isNull();
      assertThat(etags.get(1)).isNotNull();
      assertThat(etags.get(2)).isNull();
      eventually(() -> assertThat(events).hasSize(2));
      assertThat(events)
          .extracting(OutboxTest::text)
          .containsExactlyInAnyOrder("{\"id\":\"17\"}", "bye");
      assertThat(events).extracting(Event::type).contains("placed");
      assertThat(shelf.get("17", Order.class).orElseThrow().value().quantity()).isEqualTo(2);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"inboard", "dapr"})
  @DisplayName("a transaction that fails publishes nothing")
  void failedTransactionsPublishNothing(String scheme) throws IOException {
    List<Event<byte[]>> all = new CopyOnWriteArrayList<>();
    MessageHandler<byte[]> handler =
        event -> {
          all.add(event);
          return Outcome.SUCCESS;
        };
    try (Inboard inboard =
        builder(scheme).subscribe("bus", "orders", byte[].class, handler).start()) {
      StateStore shelf = inboard.stateStore("shelf");
      shelf.save("17", "there");
      assertThatThrownBy(
              () ->
                  shelf.transaction(
                      List.of(
                          StateChange.save("18", "x"),
                          StateChange.save("17", "y", SaveOptions.firstWrite()))))
          .isInstanceOf(InboardException.class);
      shelf.transaction(List.of(StateChange.save("19", "end")));
      eventually(() -> assertThat(all).hasSize(1));
      assertThat(text(all.get(0))).isEqualTo("end");
      assertThat(shelf.get("18", String.class)).isEmpty();
    }
  }

  @Test
  @DisplayName("the events of a key come in the order of its commits")
  void orderOfTheCommits() throws IOException {
    List<String> seen = new CopyOnWriteArrayList<>();
    try (Inboard inboard =
        builder("inboard")
            .subscribe(
                "bus",
                "orders",
                Order.class,
                event -> {
                  seen.add(event.data().id() + ":" + event.data().quantity());
                  return Outcome.SUCCESS;
                })
            .start()) {
      StateStore shelf = inboard.stateStore("shelf");
      for (int i = 0; i < 200; i++) {
        shelf.transaction(
            List.of(
                StateChange.save("a", new Order("a", i)),
                StateChange.save("b", new Order("b", i))));
      }
      eventually(() -> assertThat(seen).hasSize(400));
      for (String key : List.of("a", "b")) {
        List<String> expected = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
          expected.add(key + ":" + i);
        }
        assertThat(seen.stream().filter(one -> one.startsWith(key)).toList())
            .containsExactlyElementsOf(expected);
      }
    }
  }

  private static void assertRefused(ThrowingCallable call, String... texts) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            InboardException.class, e -> assertThat(e.getMessage()).contains(texts));
  }

  @Test
  @DisplayName("a pub/sub component that does not exist, half an outbox: problems of the start")
  void wrongFieldsAreProblemsOfTheStart() throws IOException {
    component("bus", "pubsub.in-memory", "");
    component("shelf", "state.in-memory", OUTBOX.replace("value: bus", "value: buss"));
    assertRefused(
        () -> Inboard.builder().appId("shop").resources(folder).start(),
        "'outboxPublishPubsub' names the pub/sub component 'buss', which does not exist; did you"
            + " mean 'bus'?");
    component("shelf", "state.in-memory", "  - {name: outboxPublishTopic, value: orders}\n");
    assertRefused(
        () -> Inboard.builder().appId("shop").resources(folder).start(),
        "of 'outboxPublishPubsub' and 'outboxPublishTopic' only one is given");
    component("shelf", "state.in-memory", OUTBOX + "  - {name: outboxScheme, value: neither}\n");
    assertRefused(
        () -> Inboard.builder().appId("shop").resources(folder).start(),
        "is neither inboard nor dapr");
  }

  @Test
  @DisplayName("a topic that the application must not publish to is found at the start")
  void forbiddenTopicsAreFoundAtTheStart() throws IOException {
    component("bus", "pubsub.in-memory", "  - {name: allowedTopics, value: other}\n");
    component("shelf", "state.in-memory", OUTBOX);
    assertRefused(
        () -> Inboard.builder().appId("shop").resources(folder).start(),
        "PERMISSION_DENIED",
        "the topic is not in the component's 'allowedTopics'");
  }

  @Test
  @DisplayName("an event in a transaction of a store without an outbox is refused")
  void eventsNeedAnOutbox() throws IOException {
    component("shelf", "state.in-memory", "");
    try (Inboard inboard = Inboard.builder().appId("shop").resources(folder).start()) {
      assertRefused(
          () -> inboard.stateStore("shelf").transaction(List.of(StateChange.event("17", "x"))),
          "INVALID_ARGUMENT",
          "the component has no outbox");
    }
  }

  @Test
  @DisplayName("an event with a time to live, or without an envelope, is refused")
  void impossibleEventsAreRefused() throws IOException {
    try (Inboard inboard = start("inboard")) {
      StateStore shelf = inboard.stateStore("shelf");
      for (PublishOptions options :
          List.of(PublishOptions.RAW, PublishOptions.DEFAULT.withTtl(Duration.ofSeconds(5)))) {
        assertRefused(
            () -> shelf.transaction(List.of(StateChange.event("17", "x", options))),
            "INVALID_ARGUMENT",
            "event of '17'");
      }
    }
  }

  @Test
  @DisplayName(
      "with an inbox, an event that comes twice is handled once; changes are committed once")
  void inboxHandlesOnce() throws IOException {
    component("ledger", "state.in-memory", "");
    AtomicInteger calls = new AtomicInteger();
    try (Inboard inboard =
        builder("inboard")
            .subscribe(
                "bus",
                TopicSubscription.to(
                        "orders",
                        byte[].class,
                        event -> {
                          calls.incrementAndGet();
                          events.add(event);
                          return Outcome.SUCCESS;
                        })
                    .withInbox(Inbox.in("ledger")))
            .start()) {
      PublishOptions same = PublishOptions.DEFAULT.withId("e-1");
      for (int i = 0; i < 5; i++) {
        inboard.pubSub("bus").publish("orders", "x", same);
      }
      inboard.pubSub("bus").publish("orders", "y", same.withSource("another"));
      inboard.pubSub("bus").publish("orders", "end", PublishOptions.DEFAULT.withId("e-2||\u0001"));
      eventually(() -> assertThat(events).extracting(OutboxTest::text).contains("y", "end"));
      assertThat(events.stream().filter(event -> text(event).equals("x")))
          .hasSizeLessThanOrEqualTo(5);
      inboard.pubSub("bus").publish("orders", "x", same);
      inboard.pubSub("bus").publish("orders", "z", PublishOptions.DEFAULT.withId("e-3"));
      eventually(() -> assertThat(events).extracting(OutboxTest::text).contains("z"));
      assertThat(inboard.stateStore("ledger").keys("").toList()).isEmpty();
    }
  }

  @Test
  @DisplayName("changes that a handler commits take effect once, however often the event comes")
  void commitsTakeEffectOnce() throws IOException {
    component("ledger", "state.in-memory", "");
    AtomicInteger attempts = new AtomicInteger();
    try (Inboard inboard =
        builder("inboard")
            .onOpen(open -> open.stateStore("ledger").save("sum", 0))
            .subscribe(
                "bus",
                TopicSubscription.to(
                        "orders",
                        Integer.class,
                        event -> {
                          int n = attempts.incrementAndGet();
                          StateStore ledger = inboardOf(event);
                          var sum = ledger.get("sum", Integer.class).orElseThrow();
                          event.commit(
                              List.of(
                                  StateChange.save(
                                      "sum",
                                      sum.value() + event.data(),
                                      SaveOptions.ifMatch(sum.etag()))));
                          if (n % 3 == 0) {
                            throw new IllegalStateException("dies after its commit");
                          }
                          return Outcome.SUCCESS;
                        })
                    .withRetry(RetryPolicy.constant(1_000, Duration.ofMillis(1)))
                    .withInbox(Inbox.in("ledger")))
            .start()) {
      ledger = inboard.stateStore("ledger");
      for (int i = 1; i <= 50; i++) {
        for (int copy = 0; copy < 3; copy++) {
          inboard.pubSub("bus").publish("orders", i, PublishOptions.DEFAULT.withId("e-" + i));
        }
      }
      eventually(
          () ->
              assertThat(
                      inboard.stateStore("ledger").get("sum", Integer.class).orElseThrow().value())
                  .isEqualTo(50 * 51 / 2));
    }
  }

  private volatile StateStore ledger;

  private StateStore inboardOf(Event<?> event) {
    if (ledger == null) {
      throw new InboardException(ErrorCode.UNAVAILABLE, null, event.id(), "not yet");
    }
    return ledger;
  }

  @Test
  @DisplayName("an inbox in a store that does not exist is found at the start")
  void inboxNeedsItsStore() throws IOException {
    component("bus", "pubsub.in-memory", "");
    assertRefused(
        () ->
            Inboard.builder()
                .appId("shop")
                .resources(folder)
                .subscribe(
                    "bus",
                    TopicSubscription.to("orders", String.class, event -> Outcome.SUCCESS)
                        .withInbox(Inbox.in("nowhere")))
                .start(),
        "stateStore 'nowhere'");
  }

  @Test
  @DisplayName("commit without an inbox says what to do")
  void commitWithoutInbox() throws IOException {
    component("bus", "pubsub.in-memory", "");
    List<String> failures = new CopyOnWriteArrayList<>();
    try (Inboard inboard =
        Inboard.builder()
            .appId("shop")
            .resources(folder)
            .subscribe(
                "bus",
                "orders",
                String.class,
                event -> {
                  try {
                    event.commit(List.of());
                  } catch (IllegalStateException e) {
                    failures.add(e.getMessage());
                  }
                  return Outcome.SUCCESS;
                })
            .start()) {
      inboard.pubSub("bus").publish("orders", "x");
      eventually(() -> assertThat(failures).hasSize(1));
      assertThat(failures.get(0)).contains("TopicSubscription.withInbox");
    }
  }
}
