package dev.inboard.opentelemetry;

import static io.opentelemetry.api.common.AttributeKey.stringKey;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.inboard.Inboard;
import dev.inboard.InboardBuilder;
import dev.inboard.workflow.StartOptions;
import dev.inboard.workflow.Workflow;
import dev.inboard.workflow.WorkflowContext;
import dev.inboard.workflow.WorkflowFailedException;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanId;
import io.opentelemetry.context.Scope;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import io.opentelemetry.sdk.testing.junit5.OpenTelemetryExtension;
import io.opentelemetry.sdk.trace.IdGenerator;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.MDC;

/** What is seen of workflows, those that outlive the runtime that began them included. */
class WorkflowTracesTest {
  private static final Duration LONG = Duration.ofSeconds(60);

  @RegisterExtension static final OpenTelemetryExtension otel = OpenTelemetryExtension.create();

  private static final Map<String, Map<String, String>> logged = new ConcurrentHashMap<>();
  private static final Map<String, AtomicInteger> runs = new ConcurrentHashMap<>();

  @TempDir Path folder;

  @BeforeEach
  void write() throws Exception {
    Files.writeString(
        folder.resolve("all.yaml"),
        """
        apiVersion: dapr.io/v1alpha1
        kind: Component
        metadata: {name: flows}
        spec:
          type: workflowbackend.sqlite
          version: v1
          metadata:
            - {name: connectionString, value: "%s"}
        """
            .formatted(folder.resolve("flows.db")));
  }

  private InboardBuilder builder() {
    return builder(otel.getOpenTelemetry());
  }

  private InboardBuilder builder(OpenTelemetry openTelemetry) {
    return Inboard.builder()
        .appId("shop")
        .resources(folder.resolve("all.yaml"))
        .telemetry(OpenTelemetryProvider.of(openTelemetry))
        .workflow("fulfil", Fulfil.class)
        .workflow("label", Label.class)
        .workflow("fail", Fail.class)
        .activity(
            "charge",
            String.class,
            (context, order) -> {
              Map<String, String> mdc = MDC.getCopyOfContextMap();
              logged.put("charge", mdc == null ? Map.of() : mdc);
              runs.computeIfAbsent("charge", name -> new AtomicInteger()).incrementAndGet();
              return order + " paid";
            });
  }

  /** Pays, waits for its timer, for word from outside, and for a child. */
  static final class Fulfil implements Workflow<String, String> {
    @Override
    public String run(WorkflowContext context, String order) {
      String paid = context.call("charge", order, String.class).await();
      context.timer(Duration.ofMillis(5)).await();
      context.event("approval", String.class).await();
      context.startDetached("label", context.workflowId() + "-apart", "apart");
      return paid + ", " + context.child("label", order, String.class).await();
    }
  }

  /** A child. */
  static final class Label implements Workflow<String, String> {
    @Override
    public String run(WorkflowContext context, String order) {
      return "label of " + order;
    }
  }

  /** Ends badly. */
  static final class Fail implements Workflow<String, String> {
    @Override
    public String run(WorkflowContext context, String secret) {
      throw new IllegalStateException("cannot " + secret);
    }
  }

  private List<SpanData> named(String name) {
    return otel.getSpans().stream().filter(span -> span.getName().equals(name)).toList();
  }

  private SpanData one(String name) {
    await().atMost(LONG).until(() -> !named(name).isEmpty());
    assertThat(named(name)).hasSize(1);
    return named(name).get(0);
  }

  @Test
  void aRunThatGoesOnInAnotherRuntimeIsOneSpanInTheTraceOfItsStart() throws Exception {
    Span request = otel.getOpenTelemetry().getTracer("test").spanBuilder("POST").startSpan();
    try (Inboard first = builder().start();
        Scope scope = request.makeCurrent()) {
      first.workflows().start("fulfil", "tea", StartOptions.id("w1"));
      await()
          .atMost(LONG)
          .until(
              () -> first.workflows().find("w1").orElseThrow().waitingFor().contains("approval"));
    }
    request.end();
    assertThat(named("run fulfil")).isEmpty();

    try (Inboard second = builder().start()) {
      second.workflows().raise("w1", "approval", "yes");
      assertThat(second.workflows().run("w1").await(String.class, LONG))
          .isEqualTo("tea paid, label of tea");
      await().atMost(LONG).until(() -> named("run label").size() == 2);
    }

    String trace = request.getSpanContext().getTraceId();
    SpanData start = one("start fulfil");
    assertThat(start.getParentSpanId()).isEqualTo(request.getSpanContext().getSpanId());
    for (String name : List.of("run fulfil", "activity charge", "timer")) {
      assertThat(one(name).getTraceId()).isEqualTo(trace);
      assertThat(one(name).getParentSpanId()).isEqualTo(start.getSpanId());
      assertThat(one(name).getAttributes().get(Names.WORKFLOW_ID)).isEqualTo("w1");
    }
    SpanData run = one("run fulfil");
    SpanData charge = one("activity charge");
    assertThat(runs.get("charge")).hasValue(1);
    assertThat(run.getStartEpochNanos()).isLessThanOrEqualTo(charge.getEndEpochNanos());
    assertThat(run.getAttributes().get(Names.OUTCOME)).isEqualTo("completed");
    assertThat(one("timer").getEndEpochNanos() - one("timer").getStartEpochNanos())
        .isGreaterThanOrEqualTo(5_000_000);

    assertThat(named("start label")).hasSize(2);
    SpanData child =
        named("start label").stream()
            .filter(span -> span.getTraceId().equals(trace))
            .findFirst()
            .orElseThrow();
    assertThat(child.getParentSpanId()).isEqualTo(start.getSpanId());
    assertThat(named("run label"))
        .anySatisfy(span -> assertThat(span.getParentSpanId()).isEqualTo(child.getSpanId()));
    SpanData apart =
        named("start label").stream().filter(span -> span != child).findFirst().orElseThrow();
    assertThat(apart.getTraceId()).isNotEqualTo(trace);
    assertThat(apart.getParentSpanId()).isEqualTo(SpanId.getInvalid());
    assertThat(apart.getLinks())
        .singleElement()
        .satisfies(link -> assertThat(link.getSpanContext().getTraceId()).isEqualTo(trace));

    assertThat(logged.get("charge"))
        .containsEntry("workflow", "fulfil")
        .containsEntry("workflowId", "w1")
        .containsEntry("activity", "charge")
        .containsEntry("traceId", trace);
  }

  /** What one process sees. */
  private static OpenTelemetrySdk process(InMemorySpanExporter spans) {
    return OpenTelemetrySdk.builder()
        .setTracerProvider(
            SdkTracerProvider.builder()
                .setIdGenerator(WorkflowSpanIds.or(IdGenerator.random()))
                .addSpanProcessor(SimpleSpanProcessor.create(spans))
                .build())
        .build();
  }

  @Test
  void whatIsDoneForARunHangsBelowItsSpanAlsoWhenAnotherProcessEndsIt() {
    InMemorySpanExporter spans = InMemorySpanExporter.create();
    OpenTelemetrySdk before = process(spans);
    try (Inboard first = builder(before).start()) {
      first.workflows().start("fulfil", "tea", StartOptions.id("w9"));
      await()
          .atMost(LONG)
          .until(
              () -> first.workflows().find("w9").orElseThrow().waitingFor().contains("approval"));
    }
    OpenTelemetrySdk after = process(spans);
    try (Inboard second = builder(after).start()) {
      second.workflows().raise("w9", "approval", "yes");
      assertThat(second.workflows().run("w9").await(String.class, LONG))
          .isEqualTo("tea paid, label of tea");
      await()
          .atMost(LONG)
          .until(
              () ->
                  spans.getFinishedSpanItems().stream()
                          .filter(span -> span.getName().startsWith("run "))
                          .count()
                      == 3);
    }

    List<SpanData> all = spans.getFinishedSpanItems();
    SpanData start = of(all, "start fulfil", "");
    SpanData run = of(all, "run fulfil", start.getSpanId());
    for (String name : List.of("activity charge", "timer", "start label")) {
      assertThat(of(all, name, run.getSpanId()).getTraceId()).isEqualTo(start.getTraceId());
    }
    SpanData child = of(all, "start label", run.getSpanId());
    assertThat(of(all, "run label", child.getSpanId()).getSpanId()).isNotEqualTo(run.getSpanId());
    assertThat(all).extracting(SpanData::getName).doesNotContain("probe");
    before.close();
    after.close(); // also what both tell
  }

  /** Finds the one span with a name and a parent; with no matter which parent when it is empty. */
  private static SpanData of(List<SpanData> all, String name, String parent) {
    List<SpanData> found =
        all.stream()
            .filter(span -> span.getName().equals(name))
            .filter(span -> parent.isEmpty() || span.getParentSpanId().equals(parent))
            .toList();
    assertThat(found).as(name).hasSize(1);
    return found.get(0);
  }

  @Test
  void aFailureIsAnErrorWithoutItsWords() {
    try (Inboard inboard = builder().start()) {
      var run = inboard.workflows().start("fail", "s3cret", StartOptions.id("w2"));
      assertThatThrownBy(() -> run.await(String.class, LONG))
          .isInstanceOf(WorkflowFailedException.class);
      SpanData span = one("run fail");
      assertThat(span.getStatus().getStatusCode())
          .isEqualTo(io.opentelemetry.api.trace.StatusCode.ERROR);
      assertThat(span.getAttributes().get(stringKey("inboard.outcome"))).isEqualTo("failed");
      assertThat(otel.getSpans().toString()).doesNotContain("s3cret");
    }
  }

  @Test
  void anApplicationMayChooseTheTrace() {
    String parent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    try (Inboard inboard = builder().start()) {
      inboard
          .workflows()
          .start("label", "x", StartOptions.DEFAULT.withTags(Map.of("traceparent", parent)))
          .await(String.class, LONG);
      await()
          .atMost(LONG)
          .until(
              () ->
                  named("run label").stream()
                      .anyMatch(span -> span.getParentSpanId().equals("b7ad6b7169203331")));
    }
  }

  @Test
  void workflowsAreCountedAndMeasuredUnderBothNames() {
    try (Inboard inboard = builder().start()) {
      inboard.workflows().start("label", "x").await(String.class, LONG);
      inboard.workflows().find("nobody");
      await()
          .atMost(LONG)
          .untilAsserted(
              () ->
                  assertThat(otel.getMetrics())
                      .extracting(metric -> metric.getName())
                      .contains(
                          "inboard.workflow.duration",
                          "inboard.workflow.in_memory",
                          "inboard.group_commit.size",
                          "dapr_runtime_workflow_execution_count",
                          "dapr_runtime_workflow_execution_latency",
                          "dapr_runtime_workflow_operation_count",
                          "dapr_runtime_workflow_scheduling_latency",
                          "dapr_runtime_component_loaded"));
    }
  }
}
