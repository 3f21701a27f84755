package dev.inboard.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.inboard.Inboard;
import dev.inboard.common.InboardException;
import dev.inboard.pubsub.BulkOutcome;
import dev.inboard.pubsub.BulkPublishEntry;
import dev.inboard.pubsub.EventHandler;
import dev.inboard.pubsub.Outcome;
import dev.inboard.pubsub.TopicSubscription;
import dev.inboard.spi.telemetry.TelemetryProvider;
import dev.inboard.workflow.WorkflowContext;
import dev.inboard.workflow.WorkflowFailedException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** An application that does everything there is a metric of, whoever listens to it. */
final class ObservedShop {
  static final String SECRET = "s3cret";
  private static final Duration LONG = Duration.ofMinutes(2);

  private ObservedShop() {}

  static Inboard start(Path folder, TelemetryProvider listener) throws IOException {
    Files.writeString(
        folder.resolve("all.yaml"),
        """
        apiVersion: dapr.io/v1alpha1
        kind: Component
        metadata: {name: orders}
        spec:
          type: state.sqlite
          version: v1
          metadata:
            - {name: connectionString, value: "%1$s/state.db"}
            - {name: outboxPublishPubsub, value: bus}
            - {name: outboxPublishTopic, value: placed}
        ---
        apiVersion: dapr.io/v1alpha1
        kind: Component
        metadata: {name: flows}
        spec:
          type: workflowbackend.sqlite
          version: v1
          metadata:
            - {name: connectionString, value: "%1$s/flows.db"}
        ---
        apiVersion: dapr.io/v1alpha1
        kind: Component
        metadata: {name: bus}
        spec: {type: pubsub.in-memory, version: v1}
        ---
        apiVersion: dapr.io/v1alpha1
        kind: Component
        metadata: {name: vault}
        spec:
          type: secretstores.local.file
          version: v1
          metadata:
            - {name: secretsFile, value: "%1$s/secrets.json"}
        ---
        apiVersion: dapr.io/v1alpha1
        kind: Resiliency
        metadata: {name: shop}
        spec:
          policies:
            retries:
              few: {policy: constant, duration: 1ms, maxRetries: 2}
            circuitBreakers:
              careful: {maxRequests: 1, timeout: 30s, trip: consecutiveFailures > 5}
          targets:
            components:
              orders:
                outbound: {circuitBreaker: careful}
              bus:
                inbound: {retry: few}
        """
            .formatted(folder));
    Files.writeString(folder.resolve("secrets.json"), "{\"key\": \"" + SECRET + "\"}");
    return Inboard.builder()
        .appId("shop")
        .resources(folder.resolve("all.yaml"))
        .telemetry(listener)
        .workflow("ship", String.class, ObservedShop::ship)
        .activity("pack", String.class, (context, order) -> "packed " + order)
        .subscribe("bus", "placed", String.class, event -> Outcome.SUCCESS)
        .subscribe(
            "bus",
            TopicSubscription.to(
                "many", EventHandler.bulk(String.class, events -> BulkOutcome.of(Outcome.SUCCESS))))
        .subscribe(
            "bus",
            TopicSubscription.to(
                    "poison",
                    String.class,
                    event -> {
                      throw new IllegalStateException("no");
                    })
                .withDeadLetterTopic("dead"))
        .start();
  }

  private static String ship(WorkflowContext context, String order) {
    if (order.isEmpty()) {
      throw new IllegalArgumentException("nothing to ship");
    }
    return context.call("pack", order, String.class).await();
  }

  /**
   * One order is saved, read and in vain deleted; one event is handled, one becomes a dead letter
   * after three attempts, two come together; one workflow completes, one fails.
   */
  static void work(Inboard inboard) {
    inboard.stateStore("orders").save("17", "tea");
    assertThat(inboard.stateStore("orders").get("17", String.class)).isPresent();
    assertThatThrownBy(() -> inboard.stateStore("orders").delete("17", "another etag"))
        .isInstanceOf(InboardException.class);
    inboard.secretStore("vault").get("key");
    inboard.pubSub("bus").publish("placed", "tea");
    inboard.pubSub("bus").publish("poison", "tea");
    inboard
        .pubSub("bus")
        .publishBulk(
            "many", List.of(BulkPublishEntry.of("1", "tea"), BulkPublishEntry.of("2", "milk")))
        .orThrow();
    inboard.workflows().start("ship", "tea").await(String.class, LONG);
    assertThatThrownBy(() -> inboard.workflows().start("ship", "").await(String.class, LONG))
        .isInstanceOf(WorkflowFailedException.class);
  }
}
