package dev.inboard.internal.bindings;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.inboard.bindings.BindingEvent;
import dev.inboard.bindings.BindingHandler;
import dev.inboard.bindings.InputOptions;
import dev.inboard.pubsub.Outcome;
import dev.inboard.resiliency.RetryPolicy;
import dev.inboard.spi.pubsub.Settlement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.slf4j.LoggerFactory;

@Timeout(60)
class InputBindingReaderTest {
  record Order(String id) {}

  private static final InputOptions QUICK =
      InputOptions.DEFAULT.withRetry(RetryPolicy.constant(2, Duration.ofMillis(1)));

  private final ExecutorService handlers = Executors.newFixedThreadPool(4);
  private final ScheduledExecutorService timer = Executors.newScheduledThreadPool(1);
  private final TestBinding driver = new TestBinding();
  private final List<BindingEvent<?>> seen = new CopyOnWriteArrayList<>();
  private final ListAppender<ILoggingEvent> log = new ListAppender<>();
  private final Logger logger = (Logger) LoggerFactory.getLogger(InputBindingReader.class);

  @BeforeEach
  void listen() {
    log.start();
    logger.addAppender(log);
  }

  @AfterEach
  void end() {
    logger.detachAppender(log);
    handlers.shutdownNow();
    timer.shutdownNow();
  }

  @Test
  void eventIsDecodedHandledAndAcknowledged() throws Exception {
    read(Order.class, QUICK, event -> Outcome.SUCCESS);
    assertThat(settled(driver.deliver(bytes("{\"id\": \"17\"}"))))
        .isEqualTo(Settlement.ACKNOWLEDGE);
    assertThat(seen)
        .containsExactly(
            new BindingEvent<>("box", "event-1", new Order("17"), Map.of("origin", "test"), 1, 3));
    assertThat(driver.maxInFlight).isEqualTo(InputOptions.DEFAULT.concurrency());
  }

  @Test
  void bytesTextAndVoidNeedNoJson() throws Exception {
    read(String.class, QUICK, event -> Outcome.SUCCESS);
    settled(driver.deliver(bytes("\"grün\"")));
    read(byte[].class, QUICK, event -> Outcome.SUCCESS);
    settled(driver.deliver(new byte[0]));
    read(Void.class, QUICK, event -> Outcome.SUCCESS);
    settled(driver.deliver(bytes("whatever")));
    assertThat(seen.get(0).data()).isEqualTo("\"grün\"");
    assertThat((byte[]) seen.get(1).data()).isEmpty();
    assertThat(seen.get(2).data()).isNull();
  }

  @Test
  void failingHandlerIsTriedAgainInPlace() throws Exception {
    read(
        String.class,
        QUICK,
        event -> {
          switch (event.attempt()) {
            case 1 -> throw new IllegalStateException("not yet");
            case 2 -> {
              return Outcome.RETRY;
            }
            default -> {
              return Outcome.SUCCESS;
            }
          }
        });
    assertThat(settled(driver.deliver(bytes("a")))).isEqualTo(Settlement.ACKNOWLEDGE);
    assertThat(seen).extracting(BindingEvent::attempt).containsExactly(1, 2, 3);
  }

  @Test
  void eventThatNeverSucceedsGoesBackToTheBinding() throws Exception {
    read(String.class, QUICK, event -> Outcome.RETRY);
    assertThat(settled(driver.deliver(bytes("hunter2")))).isEqualTo(Settlement.REDELIVER);
    assertThat(seen).hasSize(3);
    assertThat(messages())
        .containsExactly(
            "box (bindings.test): event 'event-1': attempt 3 said RETRY; it goes back to the"
                + " binding");
  }

  @Test
  void nullAndErrorsAreNoAcknowledgement() throws Exception {
    InputOptions once = QUICK.withRetry(RetryPolicy.NONE);
    read(String.class, once, event -> null);
    assertThat(settled(driver.deliver(bytes("a")))).isEqualTo(Settlement.REDELIVER);
    read(
        String.class,
        once,
        event -> {
          throw new StackOverflowError();
        });
    assertThat(settled(driver.deliver(bytes("a")))).isEqualTo(Settlement.REDELIVER);
    assertThat(messages()).hasSize(2);
  }

  @Test
  void droppedEventIsForgotten() throws Exception {
    read(String.class, QUICK, event -> Outcome.DROP);
    assertThat(settled(driver.deliver(bytes("a")))).isEqualTo(Settlement.ACKNOWLEDGE);
    assertThat(seen).hasSize(1);
  }

  @Test
  void eventThatDoesNotDecodeGoesBackWithoutBeingShown() throws Exception {
    read(Order.class, QUICK, event -> Outcome.SUCCESS);
    assertThat(settled(driver.deliver(bytes("hunter2")))).isEqualTo(Settlement.REDELIVER);
    assertThat(settled(driver.deliver(new byte[0]))).isEqualTo(Settlement.REDELIVER);
    assertThat(seen).isEmpty();
    assertThat(messages().get(0))
        .startsWith("box (bindings.test): decode 'event-1' failed: DATA_LOSS: the 7 bytes are no")
        .doesNotContain("hunter2");
    assertThat(messages().get(1)).contains("ask for byte[], String or Void");
  }

  @Test
  void stopWaitsForTheHandlerAndGivesWaitingEventsBack() throws Exception {
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch mayEnd = new CountDownLatch(1);
    InputOptions patient = QUICK.withRetry(RetryPolicy.constant(5, Duration.ofHours(1)));
    InputBindingReader reader =
        read(
            String.class,
            patient,
            event -> {
              if (event.data().equals("fails")) {
                return Outcome.RETRY;
              }
              begun.countDown();
              mayEnd.await();
              return Outcome.SUCCESS;
            });
    CompletableFuture<Settlement> failing = driver.deliver(bytes("fails"));
    CompletableFuture<Settlement> slow = driver.deliver(bytes("slow"));
    begun.await();
    await("both are under way").until(() -> seen.size() == 2);
    CompletableFuture<Void> stopped = reader.stop().toCompletableFuture();
    assertThat(settled(failing)).isEqualTo(Settlement.REDELIVER);
    assertThat(stopped).isNotDone();
    mayEnd.countDown();
    assertThat(settled(slow)).isEqualTo(Settlement.ACKNOWLEDGE);
    stopped.get(60, TimeUnit.SECONDS);
    assertThat(settled(driver.deliver(bytes("late")))).isEqualTo(Settlement.REDELIVER);
    assertThat(seen).hasSize(2);
  }

  @Test
  void closedExecutorsGiveEventsBack() throws Exception {
    read(String.class, QUICK, event -> Outcome.RETRY);
    timer.shutdownNow();
    assertThat(settled(driver.deliver(bytes("a")))).isEqualTo(Settlement.REDELIVER);
    handlers.shutdownNow();
    assertThat(settled(driver.deliver(bytes("a")))).isEqualTo(Settlement.REDELIVER);
    assertThat(seen).hasSize(1);
  }

  @Test
  void inputThatTheFileForbidsIsUnsupported() {
    var component = TestBinding.opened(driver, "bindings.test", Map.of("direction", "output"));
    assertThatThrownBy(
            () ->
                Bindings.input(
                    component,
                    String.class,
                    event -> Outcome.SUCCESS,
                    QUICK,
                    TestBinding.context(handlers, timer),
                    TestBinding.gate(timer)))
        .hasMessage(
            "box (bindings.test): read failed: UNSUPPORTED: its field 'direction' leaves input out;"
                + " add it there");
  }

  @Test
  void concurrencyBelowOneIsRefused() {
    assertThatThrownBy(() -> InputOptions.DEFAULT.withConcurrency(0))
        .hasMessage("concurrency is 0, but must be at least 1");
  }

  private <T> InputBindingReader read(
      Class<T> type, InputOptions options, BindingHandler<T> handler) {
    BindingHandler<T> recording =
        event -> {
          seen.add(event);
          return handler.handle(event);
        };
    InputBindingReader reader =
        Bindings.input(
            TestBinding.opened(driver, "bindings.test", Map.of()),
            type,
            recording,
            options,
            TestBinding.context(handlers, timer),
            TestBinding.gate(timer));
    reader.start().toCompletableFuture().join();
    return reader;
  }

  private List<String> messages() {
    return log.list.stream()
        .filter(line -> line.getLevel().isGreaterOrEqual(Level.WARN))
        .map(ILoggingEvent::getFormattedMessage)
        .toList();
  }

  private static byte[] bytes(String text) {
    return text.getBytes(UTF_8);
  }

  private static Settlement settled(CompletableFuture<Settlement> settlement) throws Exception {
    return settlement.get(60, TimeUnit.SECONDS);
  }
}
