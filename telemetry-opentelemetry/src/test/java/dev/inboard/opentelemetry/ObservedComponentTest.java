package dev.inboard.opentelemetry;

import static io.opentelemetry.api.common.AttributeKey.stringKey;
import static org.assertj.core.api.Assertions.assertThat;

import dev.inboard.common.ErrorCode;
import dev.inboard.common.InboardException;
import dev.inboard.spi.telemetry.ComponentTelemetry;
import dev.inboard.spi.telemetry.ComponentTelemetry.Gauge;
import dev.inboard.spi.telemetry.Observation;
import dev.inboard.spi.telemetry.Telemetry;
import dev.inboard.spi.telemetry.TelemetryProvider.Application;
import dev.inboard.spi.telemetry.TraceContext;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.sdk.metrics.data.LongPointData;
import io.opentelemetry.sdk.metrics.data.MetricData;
import io.opentelemetry.sdk.testing.junit5.OpenTelemetryExtension;
import io.opentelemetry.sdk.trace.data.SpanData;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class ObservedComponentTest {
  private static final String ORIGIN = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

  @RegisterExtension static final OpenTelemetryExtension otel = OpenTelemetryExtension.create();

  private Telemetry telemetry;

  @BeforeEach
  void listen() { // after the extension has taken what earlier tests left
    telemetry = new RuntimeTelemetry(otel.getOpenTelemetry(), new Application("shop", "prod"));
  }

  private ComponentTelemetry component(String block, String name, String type) {
    return telemetry.component(new Telemetry.Component(block, name, type));
  }

  private MetricData metric(String name) {
    return otel.getMetrics().stream()
        .filter(metric -> metric.getName().equals(name))
        .findFirst()
        .orElseThrow(() -> new AssertionError("no metric " + name));
  }

  @Test
  void callIsASpanOfTheDatabaseConventions() {
    component("state", "orders", "state.redis").call("get").end("success", null);

    SpanData span = otel.getSpans().get(0);
    assertThat(span.getName()).isEqualTo("get orders");
    assertThat(span.getKind()).isEqualTo(SpanKind.CLIENT);
    assertThat(span.getAttributes().get(stringKey("db.system.name"))).isEqualTo("redis");
    assertThat(span.getAttributes().get(stringKey("db.operation.name"))).isEqualTo("get");
    assertThat(span.getStatus().getStatusCode()).isEqualTo(StatusCode.UNSET);
    assertThat(metric("db.client.operation.duration").getHistogramData().getPoints())
        .singleElement()
        .satisfies(point -> assertThat(point.getCount()).isEqualTo(1));
  }

  @Test
  void failureHasItsCodeAndNeverItsMessage() {
    InboardException failure =
        new InboardException(ErrorCode.UNAVAILABLE, "orders (state.redis)", "get 'k'", "s3cret");
    component("state", "orders", "state.redis").call("get").end("failure", failure);

    SpanData span = otel.getSpans().get(0);
    assertThat(span.getStatus().getStatusCode()).isEqualTo(StatusCode.ERROR);
    assertThat(span.getAttributes().get(stringKey("error.type"))).isEqualTo("UNAVAILABLE");
    assertThat(span.toString()).doesNotContain("s3cret").doesNotContain("'k'");
    LongPointData dapr =
        metric("dapr_component_state_count").getLongSumData().getPoints().iterator().next();
    assertThat(dapr.getAttributes().get(stringKey("success"))).isEqualTo("false");
    assertThat(dapr.getAttributes().get(stringKey("app_id"))).isEqualTo("shop");
    assertThat(dapr.getAttributes().get(stringKey("namespace"))).isEqualTo("prod");
    assertThat(dapr.getAttributes().get(stringKey("component"))).isEqualTo("orders");
    assertThat(dapr.getAttributes().get(stringKey("operation"))).isEqualTo("get");
  }

  @Test
  void handlerContinuesTheTraceOfTheMessage() {
    ComponentTelemetry bus = component("pubsub", "bus", "pubsub.kafka");
    Observation sending = bus.publish("orders");
    TraceContext travels = sending.context();
    sending.end("success", null);

    Observation attempt = bus.process("orders", travels);
    try (Observation.Scope inside = attempt.enter()) {
      component("state", "orders", "state.redis").call("save").end("success", null);
      assertThat(Span.current().getSpanContext().isValid()).isTrue();
    }
    attempt.end("retry", new IllegalStateException("no"));

    List<SpanData> spans = otel.getSpans();
    assertThat(spans)
        .extracting(SpanData::getName)
        .containsExactly("publish orders", "save orders", "process orders");
    SpanData publish = spans.get(0);
    SpanData save = spans.get(1);
    SpanData process = spans.get(2);
    assertThat(publish.getKind()).isEqualTo(SpanKind.PRODUCER);
    assertThat(process.getKind()).isEqualTo(SpanKind.CONSUMER);
    assertThat(process.getTraceId()).isEqualTo(publish.getTraceId());
    assertThat(process.getParentSpanId()).isEqualTo(publish.getSpanId());
    assertThat(process.getLinks())
        .singleElement()
        .satisfies(
            link -> assertThat(link.getSpanContext().getSpanId()).isEqualTo(publish.getSpanId()));
    assertThat(save.getParentSpanId()).isEqualTo(process.getSpanId());
    assertThat(metric("dapr_component_pubsub_ingress_count").getLongSumData().getPoints())
        .singleElement()
        .satisfies(
            point ->
                assertThat(point.getAttributes().get(stringKey("process_status")))
                    .isEqualTo("retry"));
  }

  @Test
  void batchIsLinkedToTheTracesOfItsMessages() {
    TraceContext other =
        new TraceContext("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", "v=1");
    Observation batch =
        component("pubsub", "bus", "pubsub.kafka")
            .processBulk(
                "orders", List.of(new TraceContext(ORIGIN, null), other, TraceContext.NONE));
    batch.end("success", null);

    SpanData span = otel.getSpans().get(0);
    assertThat(span.getParentSpanContext().isValid()).isFalse();
    assertThat(span.getLinks()).hasSize(2);
    assertThat(metric("messaging.client.consumed.messages").getLongSumData().getPoints())
        .singleElement()
        .satisfies(point -> assertThat(point.getValue()).isEqualTo(3));
  }

  @Test
  void damagedTraceBeginsANewOne() {
    Observation attempt =
        component("pubsub", "bus", "pubsub.kafka")
            .process("orders", new TraceContext("00-nonsense", null));
    attempt.end("success", null);

    assertThat(otel.getSpans().get(0).getParentSpanContext().isValid()).isFalse();
    assertThat(otel.getSpans().get(0).getLinks()).isEmpty();
  }

  @Test
  void gaugesAreReadUntilTheirRegistrationEnds() {
    ComponentTelemetry bus = component("pubsub", "bus", "pubsub.kafka");
    var registration = bus.gauge(Gauge.CONSUMER_LAG, "orders", () -> 42);

    assertThat(metric("inboard.consumer.lag").getLongGaugeData().getPoints())
        .singleElement()
        .satisfies(point -> assertThat(point.getValue()).isEqualTo(42));

    registration.close();
    assertThat(otel.getMetrics())
        .extracting(MetricData::getName)
        .doesNotContain("inboard.consumer.lag");
  }

  @Test
  void numberOfTopicsInMetricsIsBounded() {
    ComponentTelemetry bus = component("pubsub", "bus", "pubsub.kafka");
    for (int i = 0; i < 1_500; i++) {
      bus.publish("topic-" + i).end("success", null);
    }

    assertThat(metric("messaging.client.sent.messages").getLongSumData().getPoints())
        .hasSizeLessThanOrEqualTo(Series.MAX + 1)
        .anySatisfy(
            point ->
                assertThat(point.getAttributes().get(stringKey("messaging.destination.name")))
                    .isEqualTo(Series.OTHER));
  }

  @Test
  void nothingIsUnderWayInTheEnd() {
    ComponentTelemetry store = component("state", "orders", "state.redis");
    Observation call = store.call("get");
    assertThat(metric("inboard.in_flight").getLongSumData().getPoints())
        .singleElement()
        .satisfies(point -> assertThat(point.getValue()).isEqualTo(1));
    call.end("success", null);
    assertThat(metric("inboard.in_flight").getLongSumData().getPoints())
        .singleElement()
        .satisfies(point -> assertThat(point.getValue()).isZero());
  }
}
