package dev.inboard.pubsub;

import dev.inboard.TypeRef;
import dev.inboard.resiliency.RetryPolicy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A subscription to one topic: who handles its events, and how they are handed over.
 *
 * <pre>{@code
 * TopicSubscription.to("orders", Order.class, this::handle)
 *     .withRoute("event.type == 'order.cancelled'", Cancellation.class, this::cancel)
 *     .withConcurrency(32)
 *     .withDeadLetterTopic("orders-dead")
 * }</pre>
 *
 * <p>Immutable; each method returns a changed copy.
 *
 * <h2>What becomes of an event that cannot be handled</h2>
 *
 * It is tried again as {@link #retry} says, while the other events of its key wait and those of
 * other keys go on. Then it goes to the {@link #deadLetterTopic}; without one, back to the broker,
 * which delivers it again later. It is never forgotten unless a handler says {@link Outcome#DROP}.
 * Data that does not decode, and a route whose condition fails, are not tried again in between.
 *
 * @param topic the topic, as the application names it
 * @param routes tried in order; the first one whose condition holds takes the event
 * @param fallback takes the events that no route takes; without one they are acknowledged, because
 *     the subscription does not ask for them
 * @param concurrency the most events (batches, for bulk handlers) handled at one time; 0: the
 *     default, which is {@value #DEFAULT_CONCURRENCY}, or 1 for batches. The events of one key are
 *     handled one after the other where the broker has keys; 1 keeps the order of the whole topic
 *     as far as the broker has one
 * @param retry when an event that failed is tried again; null: {@link #DEFAULT_RETRY}
 * @param timeout after which a handler is interrupted and its event counts as failed; null: never
 * @param deadLetterTopic where events go that cannot be handled, or null
 * @param raw whether bodies are never taken for CloudEvents envelopes
 * @param maxMessages the most events in the batch of a bulk handler
 * @param maxWait the longest that the first event of a batch waits for the others
 * @param metadata what the component's page lists for subscriptions, such as {@code queueName}
 * @param inbox remembers which events were handled; null: an event that is delivered again is
 *     handled again
 */
public record TopicSubscription(
    String topic,
    List<Route> routes,
    @Nullable EventHandler<?> fallback,
    int concurrency,
    @Nullable RetryPolicy retry,
    @Nullable Duration timeout,
    @Nullable String deadLetterTopic,
    boolean raw,
    int maxMessages,
    Duration maxWait,
    Map<String, String> metadata,
    @Nullable Inbox inbox) {
  /** How many events are handled at one time unless the subscription says otherwise. */
  public static final int DEFAULT_CONCURRENCY = 16;

  /**
   * How an event that failed is tried again unless the subscription says otherwise: five times
   * within eight seconds.
   */
  public static final RetryPolicy DEFAULT_RETRY =
      RetryPolicy.exponential(5, Duration.ofMillis(250), Duration.ofSeconds(10));

  /**
   * A handler for some of a topic's events.
   *
   * @param condition in CEL, about the variable {@code event}, such as {@code event.type ==
   *     'order.cancelled'} or {@code has(event.data.total) && event.data.total > 100}; empty:
   *     always holds
   */
  public record Route(String condition, EventHandler<?> handler) {
    /** Checks that nothing is null. */
    public Route {
      Objects.requireNonNull(condition, "condition");
      Objects.requireNonNull(handler, "handler");
    }
  }

  /** Copies lists and maps; checks numbers. */
  public TopicSubscription {
    if (topic.isBlank()) {
      throw new IllegalArgumentException("the topic is empty");
    }
    routes = List.copyOf(routes);
    metadata = Map.copyOf(metadata);
    if (concurrency < 0) {
      throw new IllegalArgumentException(
          "concurrency is " + concurrency + ", but must be at least 1");
    }
    if (maxMessages < 1) {
      throw new IllegalArgumentException(
          "maxMessages is " + maxMessages + ", but must be at least 1");
    }
    if (timeout != null && (timeout.isNegative() || timeout.isZero())) {
      throw new IllegalArgumentException("the timeout " + timeout + " is not positive");
    }
    if (maxWait.isNegative()) {
      throw new IllegalArgumentException("the longest wait " + maxWait + " is negative");
    }
  }

  private TopicSubscription(String topic, @Nullable EventHandler<?> fallback) {
    this(
        topic,
        List.of(),
        fallback,
        0,
        null,
        null,
        null,
        false,
        100,
        Duration.ofSeconds(1),
        Map.of(),
        null);
  }

  /** Subscribes to a topic; {@link #withRoute} says who handles what. */
  public static TopicSubscription to(String topic) {
    return new TopicSubscription(topic, null);
  }

  /** Subscribes to a topic with one handler for everything that no route takes. */
  public static TopicSubscription to(String topic, EventHandler<?> handler) {
    return new TopicSubscription(topic, Objects.requireNonNull(handler, "handler"));
  }

  /** Subscribes to a topic with one handler for everything that no route takes. */
  public static <T> TopicSubscription to(String topic, Class<T> type, MessageHandler<T> handler) {
    return to(topic, EventHandler.of(type, handler));
  }

  /** Subscribes to a topic with one handler for everything that no route takes. */
  public static <T> TopicSubscription to(String topic, TypeRef<T> type, MessageHandler<T> handler) {
    return to(topic, EventHandler.of(type, handler));
  }

  /** The same with one more route, tried after those it has. */
  public TopicSubscription withRoute(String condition, EventHandler<?> handler) {
    List<Route> more = new ArrayList<>(routes);
    more.add(new Route(condition, handler));
    return new TopicSubscription(
        topic,
        more,
        fallback,
        concurrency,
        retry,
        timeout,
        deadLetterTopic,
        raw,
        maxMessages,
        maxWait,
        metadata,
        inbox);
  }

  /** The same with one more route, tried after those it has. */
  public <T> TopicSubscription withRoute(
      String condition, Class<T> type, MessageHandler<T> handler) {
    return withRoute(condition, EventHandler.of(type, handler));
  }

  /** The same with so many events (batches, for bulk handlers) handled at one time. */
  public TopicSubscription withConcurrency(int concurrency) {
    return new TopicSubscription(
        topic,
        routes,
        fallback,
        concurrency,
        retry,
        timeout,
        deadLetterTopic,
        raw,
        maxMessages,
        maxWait,
        metadata,
        inbox);
  }

  /** The same with another retry policy. */
  public TopicSubscription withRetry(RetryPolicy retry) {
    return new TopicSubscription(
        topic,
        routes,
        fallback,
        concurrency,
        retry,
        timeout,
        deadLetterTopic,
        raw,
        maxMessages,
        maxWait,
        metadata,
        inbox);
  }

  /** The same with handlers interrupted after a while. */
  public TopicSubscription withTimeout(Duration timeout) {
    return new TopicSubscription(
        topic,
        routes,
        fallback,
        concurrency,
        retry,
        timeout,
        deadLetterTopic,
        raw,
        maxMessages,
        maxWait,
        metadata,
        inbox);
  }

  /** The same with a topic for what cannot be handled. */
  public TopicSubscription withDeadLetterTopic(String deadLetterTopic) {
    return new TopicSubscription(
        topic,
        routes,
        fallback,
        concurrency,
        retry,
        timeout,
        deadLetterTopic,
        raw,
        maxMessages,
        maxWait,
        metadata,
        inbox);
  }

  /** The same with bodies never taken for CloudEvents envelopes. */
  public TopicSubscription withRawBodies() {
    return new TopicSubscription(
        topic,
        routes,
        fallback,
        concurrency,
        retry,
        timeout,
        deadLetterTopic,
        true,
        maxMessages,
        maxWait,
        metadata,
        inbox);
  }

  /** The same with other batches for its bulk handlers. */
  public TopicSubscription withBatches(int maxMessages, Duration maxWait) {
    return new TopicSubscription(
        topic,
        routes,
        fallback,
        concurrency,
        retry,
        timeout,
        deadLetterTopic,
        raw,
        maxMessages,
        maxWait,
        metadata,
        inbox);
  }

  /** The same with what the component's page lists for subscriptions. */
  public TopicSubscription withMetadata(Map<String, String> metadata) {
    return new TopicSubscription(
        topic,
        routes,
        fallback,
        concurrency,
        retry,
        timeout,
        deadLetterTopic,
        raw,
        maxMessages,
        maxWait,
        metadata,
        inbox);
  }

  /** The same with a memory of the events that were handled. Not for bulk handlers. */
  public TopicSubscription withInbox(Inbox inbox) {
    return new TopicSubscription(
        topic,
        routes,
        fallback,
        concurrency,
        retry,
        timeout,
        deadLetterTopic,
        raw,
        maxMessages,
        maxWait,
        metadata,
        inbox);
  }
}
