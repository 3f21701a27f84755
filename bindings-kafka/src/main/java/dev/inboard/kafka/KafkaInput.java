package dev.inboard.kafka;

import dev.inboard.common.ErrorCode;
import dev.inboard.common.InboardException;
import dev.inboard.kafka.Backlog.Lanes;
import dev.inboard.spi.ComponentSpec;
import dev.inboard.spi.pubsub.DriverSubscription;
import dev.inboard.spi.pubsub.MessageReceiver;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;

/** The subscriptions of a component. Safe for many threads. */
final class KafkaInput {
  private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(15);

  private final String label;
  private final KafkaConsumers consumers;
  private final HeaderRules headers;
  private final Queue<KafkaSubscription> subscriptions = new ConcurrentLinkedQueue<>();
  private volatile boolean closed; // written by close()

  KafkaInput(ComponentSpec spec) {
    this.label = spec.label();
    this.consumers = new KafkaConsumers(spec);
    this.headers = ConnectionOptions.headers(spec);
  }

  /** Begins to deliver what is published to some topics; completes when the subscription stands. */
  CompletionStage<DriverSubscription> subscribe(
      List<String> topics, int maxInFlight, Lanes lanes, MessageReceiver receiver) {
    if (closed) {
      return CompletableFuture.failedStage(cancelled(topics));
    }
    Backlog backlog =
        new Backlog(receiver, headers, maxInFlight, lanes, consumers.options().pause());
    KafkaSubscription subscription = new KafkaSubscription(label, topics, consumers, backlog);
    subscriptions.add(subscription);
    subscription.ended().thenRun(() -> subscriptions.remove(subscription));
    CompletionStage<KafkaSubscription> standing = subscription.start();
    if (closed) {
      var unused = subscription.end();
    }
    return standing.<DriverSubscription>thenApply(stands -> stands);
  }

  private InboardException cancelled(List<String> topics) {
    return new InboardException(
        ErrorCode.CANCELLED,
        label,
        "subscribe to '" + String.join(",", topics) + "'",
        "the component is closed");
  }

  /** Ends every subscription; what is not settled stays with the group. */
  void close() {
    closed = true;
    CompletableFuture<?>[] ends =
        subscriptions.stream()
            .map(subscription -> subscription.end().toCompletableFuture())
            .toArray(CompletableFuture<?>[]::new);
    CompletableFuture.allOf(ends)
        .completeOnTimeout(null, CLOSE_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)
        .join();
  }
}
