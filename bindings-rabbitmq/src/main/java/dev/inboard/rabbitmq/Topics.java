package dev.inboard.rabbitmq;

import dev.inboard.spi.ComponentSpec;
import dev.inboard.spi.Feature;
import dev.inboard.spi.pubsub.SubscriptionSpec;
import dev.inboard.spi.pubsub.SubscriptionSpec.Order;
import java.util.Collections;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What Dapr's component declares for topics and subscriptions, to the byte. */
final class Topics {
  private final ComponentSpec spec;
  private final String consumerId;
  private final boolean durable;
  private final boolean autoDelete;
  private final boolean declared;
  private final boolean confirmed;
  private final boolean mandatory;
  private final int deliveryMode;
  private final String exchangeKind;
  private final Map<String, Object> limits = new HashMap<>();

  Topics(ComponentSpec spec) {
    this.spec = spec;
    String id = spec.get(PubSubFields.CONSUMER_ID);
    this.consumerId = id == null || id.isBlank() ? spec.appId() : id.strip();
    this.durable = spec.get(PubSubFields.DURABLE);
    this.autoDelete = spec.get(PubSubFields.DELETED_WHEN_UNUSED);
    this.declared = spec.get(PubSubFields.DECLARE_TOPOLOGY);
    this.confirmed = spec.get(PubSubFields.PUBLISHER_CONFIRM);
    PubSubFields.ExchangeKind kind = spec.get(PubSubFields.EXCHANGE_KIND);
    this.exchangeKind = kind.name().toLowerCase(Locale.ROOT);
    Boolean asked = spec.get(PubSubFields.MANDATORY);
    this.mandatory = asked == null ? kind != PubSubFields.ExchangeKind.FANOUT : asked;
    Integer mode = spec.get(PubSubFields.DELIVERY_MODE);
    this.deliveryMode =
        mode == null
            ? durable ? OutgoingProperties.PERSISTENT : OutgoingProperties.TRANSIENT
            : Math.max(mode, OutgoingProperties.TRANSIENT);
    limit(limits, "x-max-length", spec.get(PubSubFields.MAX_LENGTH));
    limit(limits, "x-max-length-bytes", spec.get(PubSubFields.MAX_LENGTH_BYTES));
  }

  private static void limit(Map<String, Object> arguments, String name, @Nullable Long value) {
    if (value != null && value > 0) {
      arguments.put(name, value);
    }
  }

  Set<Feature> features() {
    Set<Feature> features = EnumSet.of(Feature.MESSAGE_TTL, Feature.DELAYED_PUBLISH);
    if (!autoDelete) {
      features.add(Feature.RETAINED_MESSAGES);
      if (durable && confirmed && deliveryMode == OutgoingProperties.PERSISTENT) {
        features.add(Feature.DURABLE);
      }
    }
    return Collections.unmodifiableSet(features);
  }

  boolean declared() {
    return declared;
  }

  boolean mandatory() {
    return mandatory;
  }

  int deliveryMode() {
    return deliveryMode;
  }

  /**
   * Returns the exchange of a topic.
   *
   * @throws IllegalArgumentException when AMQP cannot carry the name
   */
  Exchange exchange(String topic) {
    if (topic.isEmpty()) {
      throw new IllegalArgumentException("the topic is empty");
    }
    return new Exchange(
        OutgoingProperties.shortText("topic", topic), exchangeKind, durable, autoDelete);
  }

  /**
   * Returns the queue of a subscription.
   *
   * @throws IllegalArgumentException when a field of the subscription is wrong
   */
  QueueTopology queue(SubscriptionSpec subscription) {
    ComponentSpec own = ComponentSpec.of(subscription.topic(), "", subscription.metadata());
    String named = own.get(PubSubFields.QUEUE_NAME);
    String queue =
        OutgoingProperties.shortText(
            "queue's name", named == null ? consumerId + "-" + subscription.topic() : named);
    PubSubFields.QueueType type = own.get(PubSubFields.QUEUE_TYPE);
    boolean quorum = type == PubSubFields.QueueType.QUORUM;
    Map<String, Object> arguments = new HashMap<>(limits);
    arguments.put("x-queue-type", type.name().toLowerCase(Locale.ROOT));
    limit(arguments, "x-max-length", own.get(PubSubFields.MAX_LENGTH));
    limit(arguments, "x-max-length-bytes", own.get(PubSubFields.MAX_LENGTH_BYTES));
    Integer priority = own.get(PubSubFields.MAX_PRIORITY);
    if (priority != null) {
      arguments.put("x-max-priority", Math.min(255, priority));
    }
    if (own.get(PubSubFields.SINGLE_ACTIVE_CONSUMER)) {
      arguments.put("x-single-active-consumer", true);
    }
    QueueTopology.DeadLetterQueue deadLetters = null;
    if (spec.get(PubSubFields.ENABLE_DEAD_LETTER)) {
      deadLetters = QueueTopology.DeadLetterQueue.of(queue, quorum, limits);
      arguments.put("x-dead-letter-exchange", deadLetters.exchange());
    }
    String keys = own.get(PubSubFields.ROUTING_KEY);
    return new QueueTopology(
        queue,
        declared,
        durable,
        autoDelete,
        false,
        arguments,
        exchange(subscription.topic()),
        keys == null ? List.of("") : List.of(keys.split(",", -1)),
        deadLetters);
  }

  ConsumeOptions consume(SubscriptionSpec subscription, QueueTopology queue) {
    boolean single = spec.get(PubSubFields.CONCURRENCY_MODE) == PubSubFields.ConcurrencyMode.SINGLE;
    int maxInFlight = single ? 1 : subscription.maxInFlight();
    int prefetch = spec.get(PubSubFields.PREFETCH_COUNT);
    return new ConsumeOptions(
        subscription.topic(),
        maxInFlight,
        prefetch == 0 ? maxInFlight : prefetch,
        single || (maxInFlight == 1 && subscription.order() == Order.BY_KEY),
        spec.get(PubSubFields.AUTO_ACK),
        queue.deadLetters() != null && !spec.get(PubSubFields.REQUEUE_IN_FAILURE),
        spec.get(PubSubFields.PROPERTIES_AS_METADATA));
  }
}
