package dev.inboard.micrometer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.inboard.Inboard;
import dev.inboard.common.InboardException;
import dev.inboard.pubsub.Outcome;
import dev.inboard.pubsub.TopicSubscription;
import dev.inboard.resiliency.RetryPolicy;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MicrometerProviderTest {
  private static final Duration LONG = Duration.ofSeconds(60);

  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);

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
        ---
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

  private Inboard start() {
    return Inboard.builder()
        .appId("shop")
        .resources(folder.resolve("all.yaml"))
        .telemetry(MicrometerProvider.of(registry))
        .subscribe(
            "bus",
            TopicSubscription.to(
                    "poison",
                    String.class,
                    event -> {
                      throw new IllegalStateException("no");
                    })
                .withRetry(RetryPolicy.constant(2, Duration.ofMillis(1)))
                .withDeadLetterTopic("dead"))
        .subscribe("bus", "placed", String.class, event -> Outcome.SUCCESS)
        .workflow(
            "ship",
            String.class,
            (context, order) -> context.call("pack", order, String.class).await())
        .activity("pack", String.class, (context, order) -> "packed " + order)
        .start();
  }

  private double count(String name, String... tags) {
    var timer = registry.find(name).tags(tags).timer();
    return timer == null ? 0 : timer.count();
  }

  @Test
  void everythingIsInTheRegistry() {
    try (Inboard inboard = start()) {
      inboard.stateStore("orders").save("k", "s3cret");
      assertThatThrownBy(() -> inboard.stateStore("orders").delete("k", "another"))
          .isInstanceOf(InboardException.class);
      inboard.pubSub("bus").publish("placed", "tea");
      inboard.pubSub("bus").publish("poison", "tea");
      inboard.workflows().start("ship", "tea").await(String.class, LONG);

      assertThat(count("db.client.operation.duration", "db.operation.name", "save")).isEqualTo(1);
      assertThat(count("db.client.operation.duration", "error.type", "ETAG_MISMATCH")).isEqualTo(1);
      await()
          .atMost(LONG)
          .until(
              () ->
                  registry.find("inboard.dead_letters").tag("inboard.reason", "failed").counter()
                      != null);
      assertThat(registry.get("inboard.retries").counter().count()).isEqualTo(2);
      await()
          .atMost(LONG)
          .until(() -> count("inboard.workflow.duration", "inboard.outcome", "completed") == 1);
      assertThat(count("inboard.workflow.activity.duration")).isEqualTo(1);
      assertThat(
              registry
                  .get("inboard.group_commit.size")
                  .tag("inboard.component.name", "flows")
                  .summary()
                  .count())
          .isPositive();
      await()
          .atMost(LONG)
          .until(
              () ->
                  registry.find("inboard.in_flight").gauges().stream()
                      .allMatch(gauge -> gauge.value() == 0));
      assertThat(registry.scrape())
          .contains("db_client_operation_duration_seconds_bucket")
          .contains("inboard_dead_letters_total")
          .contains("inboard_consumer_lag")
          .contains("inboard_workflow_in_memory")
          .contains("messaging_process_duration_seconds_count")
          .doesNotContain("s3cret");
    }
    assertThat(registry.find("inboard.in_flight").gauges()).isEmpty();
    assertThat(registry.find("inboard.workflow.in_memory").gauges()).isEmpty();
  }

  @Test
  void namesWithoutEndAreOne() {
    var component =
        new MeteredComponent(
            registry, new dev.inboard.spi.telemetry.Telemetry.Component("pubsub", "b", "pubsub.x"));
    for (int i = 0; i < 1_100; i++) {
      component.publish("topic-" + i).end("success", null);
    }
    assertThat(registry.find("messaging.client.operation.duration").timers()).hasSize(1_001);
    assertThat(count("messaging.client.operation.duration", "messaging.destination.name", "other"))
        .isEqualTo(100);
  }
}
