package dev.inboard.internal.pubsub;

import dev.inboard.pubsub.AsyncPubSub;
import dev.inboard.pubsub.BulkPublishEntry;
import dev.inboard.pubsub.BulkPublishResult;
import dev.inboard.pubsub.Publication;
import dev.inboard.pubsub.PublishOptions;
import dev.inboard.pubsub.Subscription;
import dev.inboard.pubsub.TopicSubscription;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** The other view of {@link DefaultPubSub}. */
final class DefaultAsyncPubSub implements AsyncPubSub {
  private final DefaultPubSub pubSub;

  DefaultAsyncPubSub(DefaultPubSub pubSub) {
    this.pubSub = pubSub;
  }

  @Override
  public CompletableFuture<Void> publish(String topic, Object data) {
    return pubSub.publishAsync(topic, data, PublishOptions.DEFAULT);
  }

  @Override
  public CompletableFuture<Void> publish(String topic, Object data, PublishOptions options) {
    return pubSub.publishAsync(topic, data, options);
  }

  @Override
  public CompletableFuture<BulkPublishResult> publishBulk(
      String topic, List<BulkPublishEntry> entries) {
    return pubSub.publishBulkAsync(topic, entries, PublishOptions.DEFAULT);
  }

  @Override
  public CompletableFuture<BulkPublishResult> publishBulk(
      String topic, List<BulkPublishEntry> entries, PublishOptions options) {
    return pubSub.publishBulkAsync(topic, entries, options);
  }

  @Override
  public CompletableFuture<Void> publishTogether(List<Publication> events) {
    return pubSub.publishTogetherAsync(events);
  }

  @Override
  public CompletableFuture<Subscription> subscribe(TopicSubscription subscription) {
    return pubSub.subscribeAsync(subscription);
  }
}
