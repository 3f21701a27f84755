package dev.inboard.opentelemetry;

import static io.opentelemetry.api.common.AttributeKey.stringKey;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.inboard.Inboard;
import dev.inboard.InboardBuilder;
import dev.inboard.common.InboardException;
import dev.inboard.pubsub.Outcome;
import dev.inboard.pubsub.PublishOptions;
import dev.inboard.pubsub.TopicSubscription;
import dev.inboard.resiliency.RetryPolicy;
import dev.inboard.state.StateChange;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.context.Scope;
import io.opentelemetry.sdk.testing.junit5.OpenTelemetryExtension;
import io.opentelemetry.sdk.trace.data.SpanData;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.MDC;

/** Through the whole runtime, on providers inside the process. */
class WholePathTest {
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
        spec: {type: state.in-memory, version: v1}
        ---
        apiVersion: dapr.io/v1alpha1
        kind: Component
        metadata: {name: bus}
        spec: {type: pubsub.in-memory, version: v1}
        """);
  }

  private InboardBuilder builder() {
    return Inboard.builder()
        .appId("shop")
        .resources(folder)
        .telemetry(OpenTelemetryProvider.of(otel.getOpenTelemetry()));
  }

  /** Waits for so many spans, beside those of the subscriptions. */
  private List<SpanData> spans(int count) {
    await().atMost(LONG).until(() -> ofWork().size() >= count);
    return ofWork();
  }

  private static List<SpanData> ofWork() {
    return otel.getSpans().stream()
        .filter(span -> !span.getName().startsWith("subscribe"))
        .toList();
  }

  private static List<SpanData> spans(String name) {
    return otel.getSpans().stream().filter(span -> span.getName().equals(name)).toList();
  }

  private static SpanData one(String name) {
    await().atMost(LONG).until(() -> !spans(name).isEmpty());
    return spans(name).get(0);
  }

  private static SpanData named(List<SpanData> spans, String name) {
    return spans.stream()
        .filter(span -> span.getName().equals(name))
        .findFirst()
        .orElseThrow(() -> new AssertionError("no span " + name + " in " + spans));
  }

  @Test
  void requestTopicHandlerAndStateAreOneTrace() throws Exception {
    CompletableFuture<Map<String, String>> logged = new CompletableFuture<>();
    CompletableFuture<Inboard> started = new CompletableFuture<>();
    try (Inboard inboard =
        builder()
            .subscribe(
                "bus",
                "placed",
                String.class,
                event -> {
                  started.get(30, TimeUnit.SECONDS).stateStore("orders").save("17", event.data());
                  logged.complete(MDC.getCopyOfContextMap());
                  return Outcome.SUCCESS;
                })
            .start()) {
      started.complete(inboard);
      Span request =
          otel.getOpenTelemetry().getTracer("test").spanBuilder("POST /orders").startSpan();
      try (Scope scope = request.makeCurrent()) {
        inboard.pubSub("bus").publish("placed", "an order");
      }
      request.end();

      Map<String, String> mdc = logged.get(30, TimeUnit.SECONDS);
      List<SpanData> spans = spans(4);
      assertThat(spans)
          .extracting(SpanData::getTraceId)
          .containsOnly(request.getSpanContext().getTraceId());
      assertThat(named(spans, "publish placed").getParentSpanId())
          .isEqualTo(request.getSpanContext().getSpanId());
      assertThat(named(spans, "process placed").getParentSpanId())
          .isEqualTo(named(spans, "publish placed").getSpanId());
      assertThat(named(spans, "save orders").getParentSpanId())
          .isEqualTo(named(spans, "process placed").getSpanId());
      assertThat(mdc)
          .containsEntry("component", "bus")
          .containsEntry("topic", "placed")
          .containsEntry("traceId", request.getSpanContext().getTraceId());
    }
  }

  @Test
  void messageWithoutEnvelopeCarriesItsTraceAsAHeader() throws Exception {
    CompletableFuture<String> seen = new CompletableFuture<>();
    try (Inboard inboard =
        builder()
            .subscribe(
                "bus",
                TopicSubscription.to(
                        "raw",
                        byte[].class,
                        event -> {
                          seen.complete(Span.current().getSpanContext().getTraceId());
                          return Outcome.SUCCESS;
                        })
                    .withRawBodies())
            .start()) {
      inboard.pubSub("bus").publish("raw", new byte[] {1}, PublishOptions.RAW);

      String traceId = seen.get(30, TimeUnit.SECONDS);
      assertThat(named(spans(2), "publish raw").getTraceId()).isEqualTo(traceId);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"inboard", "dapr"})
  void eventOfATransactionContinuesItsTrace(String scheme) throws Exception {
    Files.writeString(
        folder.resolve("shelf.yaml"),
        """
        apiVersion: dapr.io/v1alpha1
        kind: Component
        metadata: {name: shelf}
        spec:
          type: state.in-memory
          version: v1
          metadata:
            - {name: outboxPublishPubsub, value: bus}
            - {name: outboxPublishTopic, value: sold}
            - {name: outboxScheme, value: %s}
        """
            .formatted(scheme));
    CompletableFuture<String> seen = new CompletableFuture<>();
    try (Inboard inboard =
        builder()
            .subscribe(
                "bus",
                "sold",
                String.class,
                event -> {
                  seen.complete(Span.current().getSpanContext().getTraceId());
                  return Outcome.SUCCESS;
                })
            .start()) {
      Span request = otel.getOpenTelemetry().getTracer("test").spanBuilder("POST").startSpan();
      try (Scope scope = request.makeCurrent()) {
        inboard.stateStore("shelf").transaction(List.of(StateChange.save("17", "tea")));
      }
      request.end();

      String trace = request.getSpanContext().getTraceId();
      assertThat(seen.get(30, TimeUnit.SECONDS)).isEqualTo(trace);
      await().atMost(LONG).until(() -> !spans("process sold").isEmpty());
      SpanData created = one("create sold");
      assertThat(created.getParentSpanId()).isEqualTo(request.getSpanContext().getSpanId());
      assertThat(one("publish sold").getTraceId()).isEqualTo(trace);
      assertThat(one("process sold").getParentSpanId()).isEqualTo(created.getSpanId());
    }
  }

  @Test
  void eventThatTheApplicationPutsIntoAnEnvelopeItselfCarriesItsTrace() throws Exception {
    CompletableFuture<String> seen = new CompletableFuture<>();
    try (Inboard inboard =
        builder()
            .subscribe(
                "bus",
                "placed",
                String.class,
                event -> {
                  seen.complete(Span.current().getSpanContext().getTraceId());
                  return Outcome.SUCCESS;
                })
            .start()) {
      String envelope = "{\"specversion\": \"1.0\", \"id\": \"1\", \"data\": \"tea\"}";
      inboard
          .pubSub("bus")
          .publish(
              "placed",
              envelope,
              PublishOptions.DEFAULT.withContentType("application/cloudevents+json"));
      assertThat(one("publish placed").getTraceId()).isEqualTo(seen.get(30, TimeUnit.SECONDS));
    }
  }

  @Test
  void everyAttemptIsASpanAndRetriesAreCounted() throws Exception {
    AtomicInteger attempts = new AtomicInteger();
    try (Inboard inboard =
        builder()
            .subscribe(
                "bus",
                TopicSubscription.to(
                        "placed",
                        String.class,
                        event -> {
                          if (attempts.incrementAndGet() < 3) {
                            throw new IllegalStateException("not yet");
                          }
                          return Outcome.SUCCESS;
                        })
                    .withRetry(RetryPolicy.constant(5, Duration.ofMillis(1))))
            .start()) {
      inboard.pubSub("bus").publish("placed", "an order");

      List<SpanData> spans = spans(4);
      assertThat(spans.stream().filter(span -> span.getName().equals("process placed"))).hasSize(3);
    }
    assertThat(
            otel.getMetrics().stream()
                .filter(metric -> metric.getName().equals("inboard.retries"))
                .flatMap(metric -> metric.getLongSumData().getPoints().stream()))
        .singleElement()
        .satisfies(point -> assertThat(point.getValue()).isEqualTo(2));
  }

  @Test
  void asynchronousAndFailedCallsAreSeenToo() throws Exception {
    try (Inboard inboard = builder().start()) {
      inboard.stateStore("orders").async().save("k", "v").get(30, TimeUnit.SECONDS);
      assertThatThrownBy(() -> inboard.stateStore("orders").delete("k", "no such etag"))
          .isInstanceOf(InboardException.class);
    }

    List<SpanData> spans = spans(2);
    assertThat(named(spans, "save orders").getAttributes().get(stringKey("error.type"))).isNull();
    assertThat(named(spans, "delete orders").getAttributes().get(stringKey("error.type")))
        .isEqualTo("ETAG_MISMATCH");
    assertThat(spans.toString()).doesNotContain("no such etag");
  }

  @Test
  void nothingStaysUnderWay() throws Exception {
    try (Inboard inboard = builder().start()) {
      inboard.stateStore("orders").save("k", "v");
      inboard.stateStore("orders").get("k", String.class);
      assertThat(
              otel.getMetrics().stream()
                  .filter(metric -> metric.getName().equals("inboard.in_flight"))
                  .flatMap(metric -> metric.getLongSumData().getPoints().stream()))
          .isNotEmpty()
          .allSatisfy(point -> assertThat(point.getValue()).isZero());
    }
  }

  @Test
  void callsOfManyThingsAreOneOperation() {
    try (Inboard inboard = builder().start()) {
      inboard.stateStore("orders").getBulk(List.of("a"), String.class);
      inboard.stateStore("orders").getBulk(List.of("a", "b"), String.class);
    }
    assertThat(spans(2)).extracting(SpanData::getName).containsOnly("getBulk orders");
  }
}
