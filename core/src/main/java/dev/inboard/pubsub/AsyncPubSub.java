package dev.inboard.pubsub;

import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * The verbs of {@link PubSub} without blocking: many calls can be under way at once.
 *
 * <h2>Threads</h2>
 *
 * Safe for use by many threads. A future may complete on the thread of the broker's client, and
 * functions attached without an executor may run there: keep them short and do not block in them
 * (calls of {@link PubSub} are refused there); move longer work away with {@code thenApplyAsync(…,
 * executor)}. Do not change an array that was given to a call before its future completes.
 * Cancelling a future does not stop the call.
 *
 * <h2>Errors</h2>
 *
 * Nothing is thrown; every future that fails does so with an {@link
 * dev.inboard.common.InboardException}, bad arguments included.
 */
public interface AsyncPubSub {
  /** See {@link PubSub#publish(String, Object)}. */
  CompletableFuture<Void> publish(String topic, Object data);

  /** See {@link PubSub#publish(String, Object, PublishOptions)}. */
  CompletableFuture<Void> publish(String topic, Object data, PublishOptions options);

  /** See {@link PubSub#publishBulk(String, List)}. */
  CompletableFuture<BulkPublishResult> publishBulk(String topic, List<BulkPublishEntry> entries);

  /** See {@link PubSub#publishBulk(String, List, PublishOptions)}. */
  CompletableFuture<BulkPublishResult> publishBulk(
      String topic, List<BulkPublishEntry> entries, PublishOptions options);

  /** See {@link PubSub#publishTogether(List)}. */
  CompletableFuture<Void> publishTogether(List<Publication> events);

  /** See {@link PubSub#subscribe(TopicSubscription)}. */
  CompletableFuture<Subscription> subscribe(TopicSubscription subscription);
}
