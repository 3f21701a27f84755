package dev.inboard.rabbitmq;

import static dev.inboard.rabbitmq.TestComponents.await;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import com.rabbitmq.client.AMQP.BasicProperties;
import com.rabbitmq.client.GetResponse;
import dev.inboard.common.ErrorCode;
import dev.inboard.common.InboardException;
import dev.inboard.spi.bindings.InputBindingDriver;
import dev.inboard.spi.bindings.OutputBindingDriver;
import dev.inboard.spi.bindings.OutputBindingDriver.Request;
import dev.inboard.spi.pubsub.Settlement;
import dev.inboard.test.server.RabbitMqServer;
import dev.inboard.test.server.TcpProxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The queue and the messages of {@code bindings.rabbitmq}, and a broken connection. */
class RabbitMqBindingIT {
  private static final Duration PATIENCE = Duration.ofSeconds(90);

  @RegisterExtension static final RabbitMqServer rabbit = RabbitMqServer.shared();

  private final String queue = "queue-" + UUID.randomUUID();
  private final List<AutoCloseable> opened = new ArrayList<>();
  private RawBroker raw;

  @BeforeEach
  void connect() throws Exception {
    raw = new RawBroker(rabbit.uri());
    opened.add(raw);
  }

  @AfterEach
  void close() throws Exception {
    for (AutoCloseable one : opened) {
      one.close();
    }
  }

  private OutputBindingDriver open(String... fields) {
    OutputBindingDriver driver =
        (OutputBindingDriver) TestComponents.binding(rabbit.uri(), queue, fields);
    opened.add(driver);
    return driver;
  }

  private static void create(
      OutputBindingDriver driver, String text, Map<String, String> metadata) {
    await(driver.invoke(new Request("create", text.getBytes(UTF_8), metadata)));
  }

  @Test
  @DisplayName("the queue is declared with Dapr's arguments")
  void queueIsDaprs() throws Exception {
    open("durable", "true", "maxPriority", "300", "ttlInSeconds", "60");
    raw.channel()
        .queueDeclare(
            queue, true, false, false, Map.of("x-max-priority", 255, "x-message-ttl", 60_000));
  }

  @Test
  @DisplayName("a message is sent as a sidecar sends it: persistent, all metadata as headers")
  void messageIsDaprs() {
    create(
        open(),
        "a",
        Map.of("contentType", "text/csv", "ttlInSeconds", "90", "priority", "3", "note", "n"));
    GetResponse message = raw.take(queue);
    BasicProperties properties = message.getProps();
    assertThat(properties.getContentType()).isEqualTo("text/csv");
    assertThat(properties.getDeliveryMode()).isEqualTo(2);
    assertThat(properties.getExpiration()).isEqualTo("90000");
    assertThat(properties.getPriority()).isEqualTo(3);
    assertThat(properties.getHeaders().keySet())
        .containsExactlyInAnyOrder("contentType", "ttlInSeconds", "priority", "note");
  }

  @Test
  @DisplayName("headers arrive as metadata, as they were sent")
  void headersArrive() {
    OutputBindingDriver driver = open();
    Arrivals arrivals = Arrivals.acknowledged();
    await(((InputBindingDriver) driver).read(1, arrivals));
    create(driver, "a", Map.of("note", "zwölf & mehr"));
    await().atMost(PATIENCE).until(() -> !arrivals.messages().isEmpty());
    assertThat(arrivals.messages().element().metadata()).containsEntry("note", "zwölf & mehr");
  }

  @Test
  @DisplayName("an exclusive queue belongs to the component, which can send to it and read from it")
  void exclusiveQueueWorks() {
    OutputBindingDriver driver = open("exclusive", "true");
    Arrivals arrivals = Arrivals.acknowledged();
    await(((InputBindingDriver) driver).read(1, arrivals));
    create(driver, "a", Map.of());
    await().atMost(PATIENCE).until(() -> arrivals.times("a") == 1);
    InboardException failure =
        catchThrowableOfType(InboardException.class, () -> open("exclusive", "true"));
    assertThat(failure.code()).isEqualTo(ErrorCode.CONFLICT);
  }

  @Test
  @DisplayName("a queue that exists with other settings is refused at the start, with the cure")
  void otherSettingsAreRefused() throws Exception {
    raw.channel().queueDeclare(queue, true, false, false, Map.of("x-max-length", 3));
    InboardException failure = catchThrowableOfType(InboardException.class, this::open);
    assertThat(failure.code()).isEqualTo(ErrorCode.INVALID_ARGUMENT);
    assertThat(failure.getMessage())
        .contains("queue (bindings.rabbitmq)", queue, "declareTopology");
    create(open("declareTopology", "false"), "a", Map.of());
    raw.take(queue);
  }

  @Test
  @DisplayName("bad metadata is INVALID_ARGUMENT, a queue that is gone NOT_FOUND")
  void mistakesAreSaid() throws Exception {
    OutputBindingDriver driver = open("declareTopology", "true", "durable", "true");
    for (String ttl : List.of("soon", "-1", "0")) {
      InboardException failure =
          catchThrowableOfType(
              InboardException.class, () -> create(driver, "a", Map.of("ttlInSeconds", ttl)));
      assertThat(failure.code()).isEqualTo(ErrorCode.INVALID_ARGUMENT);
      assertThat(failure.getMessage()).contains(queue, "ttlInSeconds", ttl);
    }
    create(driver, "a", Map.of());
    raw.channel().queueDelete(queue);
    InboardException failure =
        catchThrowableOfType(InboardException.class, () -> create(driver, "b", Map.of()));
    assertThat(failure.code()).isEqualTo(ErrorCode.NOT_FOUND);
  }

  private static void createStubbornly(OutputBindingDriver driver, String text) {
    await()
        .atMost(PATIENCE)
        .pollDelay(Duration.ZERO)
        .pollInterval(Duration.ofMillis(20))
        .ignoreExceptionsMatching(
            failure -> failure instanceof InboardException known && known.code().isTransient())
        .until(
            () -> {
              create(driver, text, Map.of());
              return true;
            });
  }

  @Test
  @DisplayName("over a broken network every created message arrives, and input goes on by itself")
  void brokenNetworkLosesNothing() {
    TcpProxy first = TcpProxy.to(rabbit.port());
    TcpProxy second = TcpProxy.to(rabbit.port());
    opened.add(first);
    opened.add(second);
    String uri = "amqp://localhost:%d,localhost:%d".formatted(first.port(), second.port());
    OutputBindingDriver driver =
        (OutputBindingDriver)
            TestComponents.binding(uri, queue, "durable", "true", "reconnectWaitInSeconds", "1");
    opened.add(driver);
    Set<String> handled = ConcurrentHashMap.newKeySet();
    Set<String> failed = ConcurrentHashMap.newKeySet();
    Arrivals arrivals =
        Arrivals.deciding(
            message -> {
              String text = TestComponents.text(message);
              if (text.endsWith("00") && failed.add(text)) {
                return Settlement.REDELIVER;
              }
              handled.add(text);
              return Settlement.ACKNOWLEDGE;
            });
    await(((InputBindingDriver) driver).read(10, arrivals));
    Set<String> created = ConcurrentHashMap.newKeySet();
    for (int n = 0; n < 1_000; n++) {
      String text = "m" + n;
      if (n == 300) {
        first.refuse(); // both connections move to the second address, or stay there
      } else if (n == 600) {
        first.accept();
        second.refuse();
      }
      createStubbornly(driver, text);
      created.add(text);
    }
    await().atMost(PATIENCE).untilAsserted(() -> assertThat(handled).containsAll(created));
    assertThat(created).hasSize(1_000);
  }
}
