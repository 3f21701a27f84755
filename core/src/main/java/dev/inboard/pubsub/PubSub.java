package dev.inboard.pubsub;

import java.util.List;

/**
 * Publishes events to the topics of one component, and subscribes to them.
 *
 * <pre>{@code
 * PubSub bus = inboard.pubSub("bus");
 * bus.publish("orders", new Order("17", "tea", 2));
 * }</pre>
 *
 * <p>An event travels in a CloudEvents 1.0 envelope as a Dapr sidecar writes it, so both kinds of
 * applications can share topics. Subscriptions that the application has from the start are declared
 * on its builder, or in resource files; {@link #subscribe} adds others at run time.
 *
 * <h2>Threads</h2>
 *
 * Safe for use by many threads. Calls block until the broker answers. Events that one thread
 * publishes to one topic (and key) keep their order.
 *
 * <h2>Errors</h2>
 *
 * Every failure is an {@link dev.inboard.common.InboardException}: {@code INVALID_ARGUMENT} for
 * data that cannot be encoded or is too large, {@code PERMISSION_DENIED} for a topic that the
 * component's scopes forbid, {@code UNSUPPORTED} for an option that the broker cannot honour,
 * {@code UNAVAILABLE}, {@code TIMEOUT} and {@code EXHAUSTED} when the broker cannot take it now.
 */
public interface PubSub {
  /** Returns the component's name. */
  String name();

  /**
   * Publishes an event. Returns when the broker has it as safely as the component is set up to ask
   * for.
   *
   * @param data {@code byte[]} and {@code String} travel as they are; anything else as JSON. Not
   *     null
   */
  void publish(String topic, Object data);

  /** Publishes an event with options. */
  void publish(String topic, Object data, PublishOptions options);

  /**
   * Publishes many events in one call; some may fail while others are published.
   *
   * @param entries with ids that are unique, else nothing is published
   * @return which failed
   */
  BulkPublishResult publishBulk(String topic, List<BulkPublishEntry> entries);

  /**
   * Publishes many events in one call; some may fail while others are published.
   *
   * @param entries with ids that are unique, else nothing is published
   * @param options hold for every entry that does not say otherwise; the metadata of both is put
   *     together
   * @return which failed
   */
  BulkPublishResult publishBulk(
      String topic, List<BulkPublishEntry> entries, PublishOptions options);

  /**
   * Publishes events, of one topic or several, in one transaction: subscribers get all of them, or
   * none when the call fails. Only a call that fails with {@code TIMEOUT} or {@code UNAVAILABLE}
   * may have published them all the same.
   *
   * @param events published in their order; an empty list publishes nothing
   * @throws dev.inboard.common.InboardException {@code UNSUPPORTED} for a component without {@code
   *     TRANSACTIONAL_PUBLISH}
   */
  void publishTogether(List<Publication> events);

  /**
   * Subscribes to a topic until the subscription, or the runtime, is closed. Returns when the
   * subscription stands: no event that is published later is missed.
   *
   * <p>Several subscriptions of one application to one topic share its events.
   */
  <T> Subscription subscribe(String topic, Class<T> type, MessageHandler<T> handler);

  /**
   * Subscribes as {@link #subscribe(String, Class, MessageHandler)} does, in every detail that can
   * be chosen.
   */
  Subscription subscribe(TopicSubscription subscription);

  /** Returns the same verbs without blocking. */
  AsyncPubSub async();
}
