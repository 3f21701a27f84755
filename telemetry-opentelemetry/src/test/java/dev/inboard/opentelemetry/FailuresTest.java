package dev.inboard.opentelemetry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.inboard.Inboard;
import dev.inboard.InboardBuilder;
import dev.inboard.common.ErrorCode;
import dev.inboard.common.InboardException;
import dev.inboard.local.InMemoryStateStoreProvider;
import dev.inboard.pubsub.Outcome;
import dev.inboard.pubsub.TopicSubscription;
import dev.inboard.spi.ComponentSpec;
import dev.inboard.spi.Option;
import dev.inboard.spi.state.StateStoreDriver;
import dev.inboard.spi.state.StateStoreProvider;
import dev.inboard.state.StateChange;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.sdk.metrics.data.LongPointData;
import io.opentelemetry.sdk.testing.junit5.OpenTelemetryExtension;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** What is seen when calls and handlers fail under policies. */
class FailuresTest {
  private static final Duration LONG = Duration.ofSeconds(30);

  @RegisterExtension static final OpenTelemetryExtension otel = OpenTelemetryExtension.create();

  @TempDir Path folder;

  @BeforeEach
  void write() throws Exception {
    Files.writeString(
        folder.resolve("all.yaml"),
        """
        apiVersion: dapr.io/v1alpha1
        kind: Component
        metadata: {name: orders}
        spec: {type: state.broken, version: v1}
        ---
        apiVersion: dapr.io/v1alpha1
        kind: Component
        metadata: {name: bus}
        spec: {type: pubsub.in-memory, version: v1}
        ---
        apiVersion: dapr.io/v1alpha1
        kind: Component
        metadata: {name: tick}
        spec:
          type: bindings.cron
          version: v1
          metadata:
            - {name: schedule, value: "@every 1s"}
        ---
        apiVersion: dapr.io/v1alpha1
        kind: Resiliency
        metadata: {name: shop}
        spec:
          policies:
            retries:
              few: {policy: constant, duration: 1ms, maxRetries: 2}
            circuitBreakers:
              careful: {maxRequests: 1, timeout: 1h, trip: consecutiveFailures > 2}
          targets:
            components:
              orders:
                outbound: {retry: few, circuitBreaker: careful}
              bus:
                inbound: {retry: few, circuitBreaker: careful}
              tick:
                inbound: {retry: few, circuitBreaker: careful}
        """);
  }

  private InboardBuilder builder() {
    return Inboard.builder()
        .appId("shop")
        .resources(folder)
        .provider(new BrokenProvider())
        .telemetry(OpenTelemetryProvider.of(otel.getOpenTelemetry()));
  }

  /** A store whose reads fail. */
  private static final class BrokenProvider implements StateStoreProvider {
    private final InMemoryStateStoreProvider sound = new InMemoryStateStoreProvider();

    @Override
    public String type() {
      return "state.broken";
    }

    @Override
    public List<Option<?>> options() {
      return sound.options();
    }

    @Override
    public StateStoreDriver open(ComponentSpec spec) {
      StateStoreDriver driver = sound.open(spec);
      return (StateStoreDriver)
          Proxy.newProxyInstance(
              getClass().getClassLoader(),
              driver.getClass().getInterfaces(),
              (self, method, arguments) -> {
                if (method.getName().equals("get")) {
                  return CompletableFuture.failedFuture(
                      new InboardException(ErrorCode.UNAVAILABLE, "orders", "get", "down"));
                }
                try {
                  return method.invoke(driver, arguments);
                } catch (InvocationTargetException e) {
                  throw e.getCause();
                }
              });
    }
  }

  private static List<LongPointData> points(String metric) {
    return otel.getMetrics().stream()
        .filter(found -> found.getName().equals(metric))
        .flatMap(
            found ->
                found.getType().name().endsWith("GAUGE")
                    ? found.getLongGaugeData().getPoints().stream()
                    : found.getLongSumData().getPoints().stream())
        .toList();
  }

  private static long of(String metric, String component) {
    return points(metric).stream()
        .filter(point -> component.equals(point.getAttributes().get(Names.COMPONENT)))
        .mapToLong(LongPointData::getValue)
        .sum();
  }

  private static long dapr(String metric, AttributeKey<String> label, String value) {
    return points(metric).stream()
        .filter(point -> value.equals(point.getAttributes().get(label)))
        .mapToLong(LongPointData::getValue)
        .sum();
  }

  @Test
  void aCallThatIsRepeatedIsOneSpanAndItsBreakerIsSeenToOpen() {
    try (Inboard inboard = builder().start()) {
      assertThat(of("inboard.breaker.state", "orders")).isZero();
      assertThatThrownBy(() -> inboard.stateStore("orders").get("k", String.class))
          .isInstanceOf(InboardException.class);

      assertThat(of("inboard.retries", "orders")).isEqualTo(2);
      assertThat(of("inboard.breaker.state", "orders")).isEqualTo(2);
      assertThat(dapr("dapr_resiliency_loaded", Names.DAPR_NAME, "shop")).isEqualTo(1);
      assertThat(dapr("dapr_resiliency_count", Names.DAPR_POLICY, "retry")).isEqualTo(1);
      assertThat(dapr("dapr_resiliency_count", Names.DAPR_STATUS, "closed")).isEqualTo(1);
      assertThat(dapr("dapr_resiliency_activations", Names.DAPR_POLICY, "retry")).isEqualTo(2);
      assertThat(dapr("dapr_resiliency_activations", Names.DAPR_STATUS, "open")).isEqualTo(1);
      assertThat(dapr("dapr_resiliency_cb_state", Names.DAPR_STATUS, "open")).isEqualTo(1);
      assertThat(dapr("dapr_resiliency_cb_state", Names.DAPR_STATUS, "closed")).isZero();
      assertThat(points("dapr_resiliency_count"))
          .extracting(point -> point.getAttributes().get(Names.DAPR_TARGET))
          .containsOnly("Statestore_orders");
      assertThat(dapr("dapr_error_code", Names.DAPR_ERROR_CODE, "ERR_STATE_GET")).isEqualTo(1);
      assertThat(otel.getSpans().stream().filter(span -> span.getName().equals("get orders")))
          .singleElement()
          .satisfies(
              span ->
                  assertThat(span.getAttributes().get(Names.ERROR_TYPE)).isEqualTo("UNAVAILABLE"));
    }
  }

  @Test
  void theBreakerOfHandlersIsSeenToOpen() {
    try (Inboard inboard =
        builder()
            .subscribe(
                "bus",
                "poison",
                String.class,
                event -> {
                  throw new IllegalStateException("no");
                })
            .inputBinding(
                "tick",
                Void.class,
                event -> {
                  throw new IllegalStateException("no");
                })
            .start()) {
      inboard.pubSub("bus").publish("poison", "x");
      for (String source : List.of("poison", "tick")) {
        await().atMost(LONG).until(() -> isOpen(source));
      }
      assertThat(points("dapr_resiliency_activations"))
          .filteredOn(point -> "retry".equals(point.getAttributes().get(Names.DAPR_POLICY)))
          .allSatisfy(point -> assertThat(point.getValue()).isEqualTo(2))
          .extracting(point -> point.getAttributes().get(Names.DAPR_TARGET))
          .containsExactlyInAnyOrder("Pubsub_bus", "Binding_tick");
    }
    assertThat(isOpen("tick")).isFalse();
  }

  @Test
  void eventsThatWaitInAnOutboxAreSeen() throws Exception {
    Files.writeString(
        folder.resolve("all.yaml"),
        """
        apiVersion: dapr.io/v1alpha1
        kind: Component
        metadata: {name: shelf}
        spec:
          type: state.in-memory
          version: v1
          metadata:
            - {name: outboxPublishPubsub, value: bus}
            - {name: outboxPublishTopic, value: placed}
        ---
        apiVersion: dapr.io/v1alpha1
        kind: Component
        metadata: {name: bus}
        spec:
          type: pubsub.in-memory
          version: v1
          metadata:
            - {name: queueLength, value: "1"}
        """);
    CountDownLatch goOn = new CountDownLatch(1);
    try (Inboard inboard =
        builder()
            .subscribe(
                "bus",
                TopicSubscription.to(
                        "placed",
                        String.class,
                        event -> {
                          goOn.await();
                          return Outcome.SUCCESS;
                        })
                    .withConcurrency(1))
            .start()) {
      for (int i = 0; i < 9; i++) {
        inboard.stateStore("shelf").transaction(List.of(StateChange.save("k" + i, "x")));
      }
      await().atMost(LONG).until(() -> of("inboard.outbox.waiting", "shelf") >= 5);
      await().atMost(LONG).until(() -> of("inboard.outbox.oldest.seconds", "shelf") >= 1);
      goOn.countDown();
      await().atMost(LONG).until(() -> of("inboard.outbox.waiting", "shelf") == 0);
      assertThat(points("inboard.outbox.oldest.seconds"))
          .singleElement()
          .satisfies(point -> assertThat(point.getValue()).isZero());
    }
    assertThat(points("inboard.outbox.waiting")).isEmpty();
  }

  private static boolean isOpen(String source) {
    return points("inboard.breaker.state").stream()
        .anyMatch(
            point ->
                point.getValue() == 2
                    && source.equals(point.getAttributes().get(Names.DESTINATION)));
  }
}
