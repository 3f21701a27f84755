package dev.inboard.local;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.inboard.common.ErrorCode;
import dev.inboard.common.InboardException;
import dev.inboard.spi.ComponentSpec;
import dev.inboard.spi.Feature;
import dev.inboard.spi.pubsub.InboundMessage;
import dev.inboard.spi.pubsub.MessageReceiver;
import dev.inboard.spi.pubsub.OutboundMessage;
import dev.inboard.spi.pubsub.PubSubDriver;
import dev.inboard.spi.pubsub.Settlement;
import dev.inboard.spi.pubsub.SubscriptionSpec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.awaitility.core.ThrowingRunnable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What the in-memory topics do beyond what every broker does. */
class InMemoryPubSubTest {
  private static final SubscriptionSpec ONE = SubscriptionSpec.of("t", 1);

  private final String bus = UUID.randomUUID().toString();
  private final List<PubSubDriver> opened = new ArrayList<>();

  @AfterEach
  void close() {
    opened.forEach(PubSubDriver::close);
  }

  private PubSubDriver open(String name, String... settings) {
    Map<String, String> metadata = new HashMap<>(Map.of("bus", bus));
    for (int i = 0; i < settings.length; i += 2) {
      metadata.put(settings[i], settings[i + 1]);
    }
    PubSubDriver driver =
        new InMemoryPubSubProvider().open(ComponentSpec.of(name, "pubsub.in-memory", metadata));
    opened.add(driver);
    return driver;
  }

  private static CompletableFuture<Void> publish(PubSubDriver driver, String text) {
    return driver.publish(OutboundMessage.of("t", text.getBytes(UTF_8))).toCompletableFuture();
  }

  /** Publishes where there is room. */
  private static void send(PubSubDriver driver, String text) {
    assertThat(publish(driver, text)).isCompleted();
  }

  private static void eventually(ThrowingRunnable assertion) {
    Awaitility.await().atMost(Duration.ofSeconds(30)).untilAsserted(assertion);
  }

  private static String text(InboundMessage message) {
    return new String(message.body(), UTF_8);
  }

  /** Keeps what comes, and settles nothing until it is told to. */
  private static final class Stuck implements MessageReceiver {
    private final List<InboundMessage> messages = new CopyOnWriteArrayList<>();
    private final CompletableFuture<Void> released = new CompletableFuture<>();

    @Override
    public CompletionStage<Settlement> receive(InboundMessage message) {
      messages.add(message);
      return released.thenApply(done -> Settlement.ACKNOWLEDGE);
    }
  }

  private static InboardException failure(CompletableFuture<?> future) {
    try {
      future.orTimeout(30, java.util.concurrent.TimeUnit.SECONDS).join();
    } catch (CompletionException e) {
      return (InboardException) e.getCause();
    }
    throw new AssertionError("succeeded");
  }

  @Test
  @DisplayName("components of one name and bus share topics; others are alone")
  void nameAndBusDecideWhoShares() {
    PubSubDriver here = open("bus");
    Stuck same = new Stuck();
    Stuck otherName = new Stuck();
    Stuck otherBus = new Stuck();
    open("bus", "consumerID", "other").subscribe(ONE, same);
    open("another").subscribe(ONE, otherName);
    open("bus", "bus", bus + "2").subscribe(ONE, otherBus);
    send(here, "a");
    eventually(() -> assertThat(same.messages).hasSize(1));
    assertThat(otherName.messages).isEmpty();
    assertThat(otherBus.messages).isEmpty();
  }

  @Test
  @DisplayName("the group is the app id when there is no consumerID")
  void appIdIsTheGroup() {
    PubSubDriver named = open("bus", "consumerID", " app ");
    Stuck first = new Stuck();
    Stuck second = new Stuck();
    named.subscribe(ONE, first);
    open("bus").subscribe(ONE, second);
    send(named, "a");
    send(named, "b");
    eventually(() -> assertThat(first.messages.size() + second.messages.size()).isEqualTo(2));
  }

  @Test
  @DisplayName("everything is gone with the last driver")
  void busEndsWithItsLastDriver() {
    PubSubDriver driver = open("bus");
    driver.subscribe(ONE, new Stuck());
    send(driver, "a");
    send(driver, "b");
    driver.close();
    Stuck next = new Stuck();
    PubSubDriver reopened = open("bus");
    reopened.subscribe(ONE, next);
    send(reopened, "c");
    eventually(() -> assertThat(next.messages).hasSize(1));
    assertThat(text(next.messages.get(0))).isEqualTo("c");
    assertThat(next.messages.get(0).id()).isEqualTo("1");
  }

  @Test
  @DisplayName(
      "a full queue makes publishers wait, and lets them in, in their order, when there is room")
  void fullQueueMakesPublishersWait() {
    PubSubDriver driver = open("bus", "queueLength", "2");
    Stuck stuck = new Stuck();
    driver.subscribe(ONE, stuck);
    List<CompletableFuture<Void>> published = new ArrayList<>();
    for (int n = 0; n < 10; n++) {
      published.add(publish(driver, String.valueOf(n)));
    }
    // One is in flight, two are in the queue.
    assertThat(published.subList(0, 3)).allMatch(CompletableFuture::isDone);
    assertThat(published.subList(3, 10)).noneMatch(CompletableFuture::isDone);
    stuck.released.complete(null);
    eventually(() -> assertThat(published).allMatch(CompletableFuture::isDone));
    eventually(() -> assertThat(stuck.messages).hasSize(10));
    assertThat(stuck.messages.stream().map(InMemoryPubSubTest::text))
        .containsExactly("0", "1", "2", "3", "4", "5", "6", "7", "8", "9");
  }

  @Test
  @DisplayName(
      "a publisher does not wait for ever: it fails with EXHAUSTED, and its message is not delivered")
  void publisherGivesUp() {
    PubSubDriver driver = open("bus", "queueLength", "1", "publishTimeout", "100ms");
    Stuck stuck = new Stuck();
    driver.subscribe(ONE, stuck);
    send(driver, "in flight");
    send(driver, "waits");
    InboardException failure = failure(publish(driver, "too many"));
    assertThat(failure.code()).isEqualTo(ErrorCode.EXHAUSTED);
    assertThat(failure)
        .hasMessageContaining("bus (pubsub.in-memory)")
        .hasMessageContaining("group 'app'");
    stuck.released.complete(null);
    eventually(() -> assertThat(stuck.messages).hasSize(2));
    assertThat(publish(driver, "later")).isCompleted();
  }

  @Test
  @DisplayName("a handler that publishes to its own full topic is not stuck for ever")
  void publishingFromAReceiverEnds() {
    PubSubDriver driver = open("bus", "queueLength", "1", "publishTimeout", "100ms");
    AtomicInteger failures = new AtomicInteger();
    AtomicInteger handled = new AtomicInteger();
    driver.subscribe(
        ONE,
        message ->
            CompletableFuture.supplyAsync(
                () -> {
                  for (int n = 0; n < 3 && handled.get() == 0; n++) {
                    try {
                      publish(driver, "again").join();
                    } catch (CompletionException e) {
                      failures.incrementAndGet();
                    }
                  }
                  handled.incrementAndGet();
                  return Settlement.ACKNOWLEDGE;
                }));
    send(driver, "first");
    eventually(() -> assertThat(handled.get()).isGreaterThanOrEqualTo(2));
    assertThat(failures).hasValueGreaterThan(0);
  }

  @Test
  @DisplayName("a full queue without any subscription refuses at once")
  void abandonedQueueRefuses() {
    PubSubDriver driver = open("bus", "queueLength", "2");
    driver.subscribe(ONE, new Stuck()).toCompletableFuture().join().stop();
    assertThat(publish(driver, "a")).isCompleted();
    assertThat(publish(driver, "b")).isCompleted();
    InboardException failure = failure(publish(driver, "c"));
    assertThat(failure.code()).isEqualTo(ErrorCode.EXHAUSTED);
    assertThat(failure).hasMessageContaining("no subscription").hasMessageContaining("retained");
  }

  @Test
  @DisplayName("with retained false, a group and its messages end with its last subscription")
  void groupsCanEndWithTheirSubscriptions() {
    PubSubDriver driver = open("bus", "retained", "false");
    assertThat(driver.features()).doesNotContain(Feature.RETAINED_MESSAGES);
    Stuck before = new Stuck();
    var subscription = driver.subscribe(ONE, before).toCompletableFuture().join();
    send(driver, "in flight");
    send(driver, "waits");
    subscription.stop();
    before.released.complete(null);
    send(driver, "for nobody");
    Stuck after = new Stuck();
    driver.subscribe(ONE, after);
    send(driver, "new");
    eventually(() -> assertThat(after.messages).hasSize(1));
    assertThat(text(after.messages.get(0))).isEqualTo("new");
  }

  @Test
  @DisplayName("a publisher that waits when the bus ends is told so")
  void waitingPublisherIsToldOfTheEnd() {
    PubSubDriver driver = open("bus", "queueLength", "1");
    driver.subscribe(ONE, new Stuck());
    send(driver, "in flight");
    send(driver, "waits");
    CompletableFuture<Void> waiting = publish(driver, "too many");
    driver.close();
    assertThat(failure(waiting).code()).isEqualTo(ErrorCode.CANCELLED);
  }

  @Test
  @DisplayName("the pause before a redelivery doubles each time")
  void redeliveryBacksOff() {
    PubSubDriver driver = open("bus", "redeliverInterval", "100ms");
    List<Long> times = new CopyOnWriteArrayList<>();
    driver.subscribe(
        ONE,
        message -> {
          times.add(System.nanoTime());
          return CompletableFuture.completedFuture(
              message.deliveries() < 4 ? Settlement.REDELIVER : Settlement.ACKNOWLEDGE);
        });
    send(driver, "a");
    eventually(() -> assertThat(times).hasSize(4));
    assertThat(Duration.ofNanos(times.get(1) - times.get(0)))
        .isGreaterThanOrEqualTo(Duration.ofMillis(99));
    assertThat(Duration.ofNanos(times.get(2) - times.get(1)))
        .isGreaterThanOrEqualTo(Duration.ofMillis(199));
    assertThat(Duration.ofNanos(times.get(3) - times.get(2)))
        .isGreaterThanOrEqualTo(Duration.ofMillis(399));
  }

  @Test
  @DisplayName("an idle bus has no thread")
  void idleBusHasNoThread() {
    PubSubDriver driver = open("bus");
    AtomicInteger deliveries = new AtomicInteger();
    driver.subscribe(
        ONE,
        message ->
            CompletableFuture.completedFuture(
                deliveries.incrementAndGet() == 1 ? Settlement.REDELIVER : Settlement.ACKNOWLEDGE));
    send(driver, "a");
    eventually(() -> assertThat(deliveries).hasValue(2));
    eventually(
        () ->
            assertThat(Thread.getAllStackTraces().keySet())
                .extracting(Thread::getName)
                .doesNotContain("inboard-in-memory-bus"));
  }

  @Test
  @DisplayName("options are checked")
  void optionsAreChecked() {
    assertThatThrownBy(() -> open("bus", "queueLength", "0"))
        .isInstanceOf(InboardException.class)
        .hasMessageContaining("queueLength");
    assertThatThrownBy(() -> open("bus", "redeliverInterval", "soon"))
        .isInstanceOf(InboardException.class)
        .hasMessageContaining("redeliverInterval");
  }
}
