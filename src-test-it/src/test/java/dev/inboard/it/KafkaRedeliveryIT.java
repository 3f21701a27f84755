package dev.inboard.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.inboard.Inboard;
import dev.inboard.InboardBuilder;
import dev.inboard.pubsub.BulkHandler;
import dev.inboard.pubsub.BulkOutcome;
import dev.inboard.pubsub.DeadLetter;
import dev.inboard.pubsub.EventHandler;
import dev.inboard.pubsub.Outcome;
import dev.inboard.pubsub.PublishOptions;
import dev.inboard.pubsub.TopicSubscription;
import dev.inboard.resiliency.RetryPolicy;
import dev.inboard.test.server.KafkaBroker;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** What becomes of messages that fail, and of batches, through the whole runtime. */
class KafkaRedeliveryIT {
  private static final Duration LONG = Duration.ofMinutes(2);

  @RegisterExtension static final KafkaBroker kafka = KafkaBroker.shared();

  @TempDir Path folder;
  private final String topic = "orders-" + UUID.randomUUID();
  private final String deadTopic = "dead-" + topic;

  private InboardBuilder runtime() throws IOException {
    Files.writeString(
        folder.resolve("bus.yaml"),
        """
        apiVersion: dapr.io/v1alpha1
        kind: Component
        metadata:
          name: bus
        spec:
          type: pubsub.kafka
          version: v1
          initTimeout: 60s
          metadata:
          - {name: brokers, value: "%s"}
          - {name: authType, value: none}
          - {name: consumerGroup, value: "%s"}
        """
            .formatted(kafka.address(), topic));
    return Inboard.builder().appId("shop").resources(folder).dataFolder(folder.resolve("data"));
  }

  @Test
  @DisplayName(
      "a poison message goes to the dead letter topic, its key goes on, others never stopped")
  void poisonBecomesADeadLetter() throws Exception {
    Queue<String> handled = new ConcurrentLinkedQueue<>();
    Queue<String> dead = new ConcurrentLinkedQueue<>();
    try (Inboard inboard =
        runtime()
            .subscribe(
                "bus",
                TopicSubscription.to(
                        topic,
                        String.class,
                        event -> {
                          if (event.data().equals("a-1")) {
                            throw new IllegalStateException("poison");
                          }
                          handled.add(event.data());
                          return Outcome.SUCCESS;
                        })
                    .withRetry(RetryPolicy.constant(2, Duration.ofMillis(50)))
                    .withDeadLetterTopic(deadTopic))
            .subscribe(
                "bus",
                deadTopic,
                String.class,
                event -> {
                  dead.add(
                      event.data()
                          + " "
                          + event.metadata().get("__key")
                          + " "
                          + event.metadata().get(DeadLetter.REASON));
                  return Outcome.SUCCESS;
                })
            .start()) {
      List<String> expected = new ArrayList<>();
      for (int n = 0; n < 4; n++) {
        for (String key : List.of("a", "b", "c")) {
          inboard.pubSub("bus").publish(topic, key + "-" + n, PublishOptions.DEFAULT.withKey(key));
          expected.add(key + "-" + n);
        }
      }
      expected.remove("a-1");
      await().atMost(LONG).until(() -> handled.size() >= expected.size() && !dead.isEmpty());
      assertThat(handled).containsExactlyInAnyOrderElementsOf(expected);
      for (String key : List.of("a", "b", "c")) {
        assertThat(handled.stream().filter(text -> text.startsWith(key)))
            .containsExactlyElementsOf(
                expected.stream().filter(text -> text.startsWith(key)).toList());
      }
      assertThat(dead).containsExactly("a-1 a failed");
    }
  }

  @Test
  @DisplayName(
      "batches are gathered; of a batch that fails in part, only the failed part comes again")
  void batchesAreSettledOneByOne() throws Exception {
    Queue<Integer> sizes = new ConcurrentLinkedQueue<>();
    Map<String, Integer> times = new ConcurrentHashMap<>();
    Set<String> failedOnce = ConcurrentHashMap.newKeySet();
    BulkHandler<String> handler =
        events -> {
          sizes.add(events.size());
          BulkOutcome outcome = BulkOutcome.of(Outcome.SUCCESS);
          for (var event : events) {
            times.merge(event.data(), 1, Integer::sum);
            if (event.data().endsWith("3") && failedOnce.add(event.data())) {
              outcome = outcome.except(event, Outcome.RETRY);
            }
          }
          return outcome;
        };
    try (Inboard inboard =
        runtime()
            .subscribe(
                "bus",
                TopicSubscription.to(topic, EventHandler.bulk(String.class, handler))
                    .withBatches(10, Duration.ofMillis(200)))
            .start()) {
      for (int n = 0; n < 50; n++) {
        inboard.pubSub("bus").publish(topic, "m" + n, PublishOptions.DEFAULT.withKey("k" + n % 5));
      }
      await().atMost(LONG).until(() -> times.values().stream().mapToInt(n -> n).sum() >= 55);
      assertThat(times).hasSize(50);
      assertThat(times.entrySet())
          .allSatisfy(
              entry ->
                  assertThat(entry.getValue()).isEqualTo(entry.getKey().endsWith("3") ? 2 : 1));
      assertThat(sizes).allMatch(size -> size <= 10).anyMatch(size -> size > 1);
    }
  }
}
