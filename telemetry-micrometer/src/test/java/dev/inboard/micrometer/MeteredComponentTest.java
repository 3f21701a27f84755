package dev.inboard.micrometer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.inboard.spi.telemetry.ComponentTelemetry.Gauge;
import dev.inboard.spi.telemetry.Telemetry.Component;
import dev.inboard.spi.telemetry.TraceContext;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class MeteredComponentTest {
  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);

  private MeteredComponent component(String block, String type) {
    return new MeteredComponent(registry, new Component(block, block, type));
  }

  @Test
  @DisplayName("Prometheus sees the names that the dashboard uses")
  void names() {
    component("state", "state.redis").call("get").end("success", null);
    MeteredComponent bus = component("pubsub", "pubsub.kafka");
    bus.process("placed", TraceContext.NONE).end("retry", new IllegalStateException("s3cret"));
    bus.deadLettered("placed", "failed");
    var unused = bus.gauge(Gauge.CONSUMER_LAG, "placed", () -> 3);
    assertThat(registry.scrape())
        .contains("db_client_operation_duration_seconds_bucket")
        .contains("messaging_process_duration_seconds_count")
        .contains("inboard_dead_letters_total")
        .contains("inboard_consumer_lag")
        .doesNotContain("s3cret");
  }

  @Test
  @DisplayName("of too many topics the further ones are one")
  void namesWithoutEndAreOne() {
    MeteredComponent bus = component("pubsub", "pubsub.x");
    for (int i = 0; i < 1_100; i++) {
      bus.publish("topic-" + i).end("success", null);
    }
    assertThat(registry.find("messaging.client.operation.duration").timers()).hasSize(1_001);
    var other =
        registry
            .get("messaging.client.operation.duration")
            .tag("messaging.destination.name", "other")
            .timer();
    assertThat(other.count()).isEqualTo(100);
  }
}
