package dev.inboard;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.inboard.common.ErrorCode;
import dev.inboard.common.InboardException;
import dev.inboard.lock.HeldLock;
import dev.inboard.lock.LockOptions;
import dev.inboard.lock.LockStore;
import dev.inboard.pubsub.Event;
import dev.inboard.pubsub.EventHandler;
import dev.inboard.pubsub.Outcome;
import dev.inboard.pubsub.TopicSubscription;
import java.io.IOException;
import java.lang.reflect.Type;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Building blocks reached from {@link Inboard}, over the local providers. */
class BlocksTest {
  private static final Duration LIMIT = Duration.ofSeconds(30);

  @TempDir Path folder;
  private Path resources;
  private int files;

  record Order(String id, int quantity) {}

  @BeforeEach
  void makeResources() throws IOException {
    resources = Files.createDirectories(folder.resolve("resources"));
    component("orders", "state.in-memory");
    component("bus", "pubsub.in-memory", "bus: \"{uuid}\"");
  }

  @Test
  void stateStoresKeepWhatIsSaved() {
    try (Inboard inboard = shop().start()) {
      inboard.stateStore("orders").save("17", new Order("17", 2));
      assertThat(inboard.stateStore("orders").get("17", Order.class).orElseThrow().value())
          .isEqualTo(new Order("17", 2));
      assertThat(inboard.stateStore("orders")).isSameAs(inboard.stateStore("orders"));
    }
  }

  @Test
  void locksAreHeldByOneAtATime() throws IOException {
    component("locks", "lock.in-memory");
    try (Inboard inboard = shop().start()) {
      LockStore locks = inboard.lock("locks");
      try (HeldLock held =
          locks.tryLock("till", LockOptions.lease(Duration.ofMinutes(1))).orElseThrow()) {
        assertThat(held.token()).isPositive();
        assertThat(locks.tryLock("till", LockOptions.lease(Duration.ofMinutes(1)))).isEmpty();
      }
      assertThat(locks.tryLock("till", LockOptions.lease(Duration.ofMinutes(1)))).isPresent();
    }
  }

  @Test
  void subscriptionsOfCodeReceiveWhatIsPublished() throws Exception {
    BlockingQueue<Event<Order>> received = new LinkedBlockingQueue<>();
    try (Inboard inboard =
        shop()
            .subscribe("bus", "orders", Order.class, order -> done(received.add(order)))
            .start()) {
      inboard.pubSub("bus").publish("orders", new Order("17", 2));
      Event<Order> event = received.poll(30, TimeUnit.SECONDS);
      assertThat(event.data()).isEqualTo(new Order("17", 2));
      assertThat(event.source()).isEqualTo("shop");
    }
  }

  @Test
  void subscriptionsOfFilesSendEventsToNamedHandlers() throws Exception {
    write(
        """
        apiVersion: dapr.io/v1alpha1
        kind: Subscription
        metadata: {name: incoming}
        spec: {pubsubname: bus, topic: orders, route: /fulfil}
        ---
        apiVersion: dapr.io/v2alpha1
        kind: Subscription
        metadata: {name: audit}
        spec: {pubsubname: bus, topic: audit, routes: {default: audit}}
        """);
    BlockingQueue<Object> received = new LinkedBlockingQueue<>();
    try (Inboard inboard =
        shop()
            .handler("fulfil", Order.class, order -> done(received.add(order.data())))
            .handler(
                "/audit",
                EventHandler.of(
                    new TypeRef<List<String>>() {}, list -> done(received.add(list.data()))))
            .start()) {
      inboard.pubSub("bus").publish("orders", new Order("17", 2));
      assertThat(received.poll(30, TimeUnit.SECONDS)).isEqualTo(new Order("17", 2));
      inboard.pubSub("bus").publish("audit", List.of("a", "b"));
      assertThat(received.poll(30, TimeUnit.SECONDS)).isEqualTo(List.of("a", "b"));
    }
  }

  private static Outcome done(boolean added) {
    return added ? Outcome.SUCCESS : Outcome.RETRY;
  }

  @Test
  void mistakesAroundSubscriptionsAreReportedTogether() throws IOException {
    write(
        """
        apiVersion: dapr.io/v1alpha1
        kind: Subscription
        metadata: {name: incoming}
        spec: {pubsubname: bus, topic: orders, route: fulfil}
        """);
    assertThatThrownBy(
            () ->
                shop()
                    .subscribe("buss", "orders", Order.class, order -> Outcome.SUCCESS)
                    .subscribe(
                        "bus",
                        TopicSubscription.to("x")
                            .withRoute("event.type == 'a'", Order.class, o -> Outcome.SUCCESS))
                    .inputBinding("timer", Void.class, event -> Outcome.SUCCESS)
                    .codec("ordres", new Upper())
                    .start())
        .hasMessage(
            """
            start failed: INVALID_ARGUMENT: 5 problems:
              builder: the codec 'ordres' is for a component that does not exist; did you mean 'orders'?
              builder: the input binding 'timer' is for a component that does not exist; add a component
              builder: the subscription to 'orders' names the pub/sub component 'buss', which does not exist;\
             there are: bus
              builder: the subscription to 'x' has the condition "event.type == 'a'", but nothing here understands\
             conditions; add the dependency dev.inboard:inboard-expressions-cel
              %s:1: subscription 'incoming' names the handler 'fulfil', which does not exist;\
             register it on the builder: .handler("fulfil", …)"""
                .formatted(resources.resolve("3.yaml")));
  }

  @Test
  void aForbiddenTopicEndsTheStart() throws IOException {
    component("locked", "pubsub.in-memory", "allowedTopics: \"news\"");
    AtomicBoolean saved = new AtomicBoolean();
    assertThatThrownBy(
            () ->
                shop()
                    .subscribe(
                        "locked", "orders", Order.class, order -> done(saved.getAndSet(true)))
                    .start())
        .isInstanceOf(InboardException.class)
        .hasMessageStartingWith(
            "start failed: PERMISSION_DENIED: 1 subscription could not begin:\n  builder: locked"
                + " (pubsub.in-memory): ");
  }

  @Test
  void secretStoresKeepToTheirScopes() throws IOException {
    Path secrets =
        Files.writeString(
            folder.resolve("secrets.json"), "{\"payment\": \"s3cret\", \"other\": \"x\"}");
    component("vault", "secretstores.local.file", "secretsFile: " + secrets);
    write(
        """
        apiVersion: dapr.io/v1alpha1
        kind: Configuration
        metadata: {name: shop}
        spec: {secrets: {scopes: [{storeName: vault, defaultAccess: deny, allowedSecrets: [payment]}]}}
        """);
    try (Inboard inboard = shop().start()) {
      assertThat(inboard.secretStore("vault").get("payment").value()).isEqualTo("s3cret");
      assertThat(inboard.secretStore("vault").getBulk()).containsOnlyKeys("payment");
      assertThatThrownBy(() -> inboard.secretStore("vault").get("other"))
          .extracting(failure -> ((InboardException) failure).code())
          .isEqualTo(ErrorCode.PERMISSION_DENIED);
    }
  }

  @Test
  void outputBindingsAreInvoked() throws IOException {
    component("files", "bindings.localstorage", "rootPath: " + folder.resolve("out"));
    try (Inboard inboard = shop().start()) {
      inboard.binding("files").invoke("create", "tea", Map.of("fileName", "note.txt"));
    }
    assertThat(folder.resolve("out/note.txt")).hasContent("tea");
  }

  @Test
  void inputBindingsReachTheirHandlers() throws Exception {
    component("tick", "bindings.cron", "schedule: \"@every 1s\"");
    component("tock", "bindings.cron", "schedule: \"@every 1s\"", "route: /other");
    component("unhandled", "bindings.cron", "schedule: \"@every 1s\"");
    CountDownLatch ticks = new CountDownLatch(2);
    CountDownLatch others = new CountDownLatch(1);
    try (Inboard inboard =
        shop()
            .inputBinding("tick", Void.class, event -> count(ticks))
            .inputBinding("other", Void.class, event -> count(others))
            .start()) {
      assertThat(ticks.await(30, TimeUnit.SECONDS)).isTrue();
      assertThat(others.await(30, TimeUnit.SECONDS)).isTrue();
      assertThatThrownBy(() -> inboard.binding("tick"))
          .hasMessageContaining("UNSUPPORTED")
          .hasMessageContaining("tick (bindings.cron)");
    }
  }

  private static Outcome count(CountDownLatch latch) {
    latch.countDown();
    return Outcome.SUCCESS;
  }

  @Test
  void anInputHandlerForABindingWithoutEventsEndsTheStart() throws IOException {
    component("files", "bindings.localstorage", "rootPath: " + folder.resolve("out"));
    assertThatThrownBy(
            () -> shop().inputBinding("files", String.class, event -> Outcome.SUCCESS).start())
        .hasMessageStartingWith("start failed: UNSUPPORTED: 1 input binding could not begin:\n  ")
        .hasMessageContaining("files (bindings.localstorage): ");
  }

  @Test
  void codecsAreChosenForAllOrForOne() throws IOException {
    component("plain", "state.in-memory");
    try (Inboard inboard = shop().codec(new Upper()).codec("plain", new Upper.Lower()).start()) {
      inboard.stateStore("orders").save("a", List.of("Tea"));
      inboard.stateStore("plain").save("a", List.of("Tea"));
      assertThat(inboard.stateStore("orders").get("a", byte[].class).orElseThrow().value())
          .asString(UTF_8)
          .isEqualTo("[TEA]");
      assertThat(inboard.stateStore("plain").get("a", byte[].class).orElseThrow().value())
          .asString(UTF_8)
          .isEqualTo("[tea]");
    }
    assertThatThrownBy(() -> shop().codec("a", new Upper()).codec("a", new Upper()))
        .hasMessage("the codec of 'a' is given twice");
  }

  /** Writes texts in capitals. */
  static class Upper implements Codec {
    @Override
    public String contentType() {
      return "text/plain";
    }

    @Override
    public byte[] encode(Object value) {
      return value.toString().toUpperCase(java.util.Locale.ROOT).getBytes(UTF_8);
    }

    @Override
    public Object decode(byte[] bytes, Type type) {
      return new String(bytes, UTF_8);
    }

    /** Writes texts in small letters. */
    static final class Lower extends Upper {
      @Override
      public byte[] encode(Object value) {
        return value.toString().toLowerCase(java.util.Locale.ROOT).getBytes(UTF_8);
      }
    }
  }

  @Test
  void namesThatAreMissingSayWhatThereIs() throws IOException {
    write(text("hidden", "state.in-memory") + "scopes: [cart]\n");
    try (Inboard inboard = shop().start()) {
      assertThatThrownBy(() -> inboard.stateStore("ordres"))
          .hasMessage(
              "stateStore 'ordres' failed: NOT_FOUND: there is no state store of this name;"
                  + " did you mean 'orders'? There are: orders")
          .extracting(failure -> ((InboardException) failure).code())
          .isEqualTo(ErrorCode.NOT_FOUND);
      assertThatThrownBy(() -> inboard.stateStore("carts"))
          .hasMessage(
              "stateStore 'carts' failed: NOT_FOUND: there is no state store of this name; There are: orders");
      assertThatThrownBy(() -> inboard.stateStore("bus"))
          .hasMessage(
              "stateStore 'bus' failed: NOT_FOUND: bus (pubsub.in-memory) is a pub/sub component, not a state store;"
                  + " There are: orders");
      assertThatThrownBy(() -> inboard.secretStore("vault"))
          .hasMessage(
              "secretStore 'vault' failed: NOT_FOUND: there is no secret store of this name; there is none at all:"
                  + " add a Component document, such as one of type secretstores.aws.secretmanager"
                  + " (dependency dev.inboard:inboard-secrets-aws)");
      assertThatThrownBy(() -> inboard.stateStore("hidden"))
          .hasMessage(
              "stateStore 'hidden' failed: NOT_FOUND: the component 'hidden' is for other applications (scopes: cart),"
                  + " not for 'shop' ("
                  + resources.resolve("3.yaml")
                  + ":1)");
      assertThatThrownBy(() -> inboard.binding("files"))
          .hasMessageStartingWith("binding 'files' failed: NOT_FOUND: ");
      assertThatThrownBy(() -> inboard.pubSub("orders"))
          .hasMessageStartingWith("pubSub 'orders' failed: NOT_FOUND: ");
    }
  }

  @Test
  void aClosedRuntimeHandsNothingOut() {
    Inboard inboard = shop().start();
    var orders = inboard.stateStore("orders");
    inboard.close();
    assertThatThrownBy(() -> inboard.stateStore("orders"))
        .hasMessage("stateStore 'orders' failed: CANCELLED: the runtime is closed; start another");
    assertThatThrownBy(() -> orders.save("a", "b"))
        .extracting(failure -> ((InboardException) failure).code())
        .isEqualTo(ErrorCode.CANCELLED);
  }

  @Test
  void closingWaitsForHandlersAtWork() throws Exception {
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch proceed = new CountDownLatch(1);
    Queue<String> diary = new ConcurrentLinkedQueue<>();
    Inboard inboard =
        shop()
            .subscribe(
                "bus",
                "orders",
                Order.class,
                order -> {
                  begun.countDown();
                  proceed.await();
                  diary.add("handled");
                  return Outcome.SUCCESS;
                })
            .start();
    inboard.pubSub("bus").publish("orders", new Order("17", 2));
    assertThat(begun.await(30, TimeUnit.SECONDS)).isTrue();
    Thread closer =
        new Thread(
            () -> {
              inboard.close();
              diary.add("closed");
            });
    closer.start();
    await().atMost(LIMIT).until(() -> !inboard.health().live());
    assertThat(diary).isEmpty();
    proceed.countDown();
    closer.join(LIMIT.toMillis());
    assertThat(diary).containsExactly("handled", "closed");
  }

  @Test
  void aHandlerThatHangsIsInterruptedAfterTheDrainTimeout() throws Exception {
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch interrupted = new CountDownLatch(1);
    Inboard inboard =
        shop()
            .drainTimeout(Duration.ofMillis(200))
            .subscribe(
                "bus",
                "orders",
                Order.class,
                order -> {
                  begun.countDown();
                  try {
                    Thread.sleep(600_000);
                  } catch (InterruptedException e) {
                    interrupted.countDown();
                    throw e;
                  }
                  return Outcome.SUCCESS;
                })
            .start();
    inboard.pubSub("bus").publish("orders", new Order("17", 2));
    assertThat(begun.await(30, TimeUnit.SECONDS)).isTrue();
    inboard.close();
    assertThat(interrupted.await(30, TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void aHandlerThatIgnoresItsInterruptDoesNotKeepTheRuntimeOpen() throws Exception {
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch proceed = new CountDownLatch(1);
    Inboard inboard =
        shop()
            .drainTimeout(Duration.ofMillis(200))
            .subscribe(
                "bus",
                "orders",
                Order.class,
                order -> {
                  begun.countDown();
                  while (proceed.getCount() > 0) {
                    Thread.onSpinWait();
                  }
                  return Outcome.SUCCESS;
                })
            .start();
    inboard.pubSub("bus").publish("orders", new Order("17", 2));
    assertThat(begun.await(30, TimeUnit.SECONDS)).isTrue();
    inboard.close();
    assertThat(inboard.health().live()).isFalse();
    proceed.countDown();
  }

  @Test
  void noThreadIsLeftWhenARuntimeIsClosed() throws Exception {
    component("tick", "bindings.cron", "schedule: \"@every 1s\"");
    for (int i = 0; i < 3; i++) {
      CountDownLatch work = new CountDownLatch(2);
      try (Inboard inboard =
          Inboard.builder()
              .appId("leak-check")
              .resources(resources)
              .subscribe("bus", "orders", Order.class, order -> count(work))
              .inputBinding("tick", Void.class, event -> count(work))
              .start()) {
        inboard.pubSub("bus").publish("orders", new Order("17", 2));
        assertThat(work.await(30, TimeUnit.SECONDS)).isTrue();
      }
    }
    await()
        .atMost(LIMIT)
        .untilAsserted(
            () ->
                assertThat(Thread.getAllStackTraces().keySet())
                    .extracting(Thread::getName)
                    .noneMatch(name -> name.contains("leak-check")));
  }

  @Test
  void withoutResourcesAndSqliteTheArtifactIsNamed() {
    assertThatThrownBy(
            () -> Inboard.builder().appId("shop").dataFolder(folder.resolve("data")).start())
        .hasMessage(
            "start failed: INVALID_ARGUMENT: 1 problem:\n  embedded defaults: state (state.sqlite): no provider found"
                + " for this type; add the dependency dev.inboard:inboard-state-sqlite");
  }

  private InboardBuilder shop() {
    return Inboard.builder().appId("shop").resources(resources);
  }

  private void component(String name, String type, String... metadata) throws IOException {
    write(text(name, type, metadata));
  }

  private static String text(String name, String type, String... metadata) {
    StringBuilder text = new StringBuilder();
    text.append("apiVersion: dapr.io/v1alpha1\nkind: Component\nmetadata: {name: ").append(name);
    text.append("}\nspec:\n  type: ").append(type).append("\n  metadata:\n");
    for (String item : metadata) {
      text.append("  - name: ").append(item.replace(": ", "\n    value: ")).append('\n');
    }
    return text.toString();
  }

  private void write(String text) throws IOException {
    Files.writeString(resources.resolve(++files + ".yaml"), text);
  }
}
