package dev.inboard.rabbitmq;

import dev.inboard.common.ErrorCode;
import dev.inboard.common.InboardException;
import dev.inboard.spi.ComponentSpec;
import dev.inboard.spi.Durability;
import dev.inboard.spi.Feature;
import dev.inboard.spi.pubsub.DriverSubscription;
import dev.inboard.spi.pubsub.MessageReceiver;
import dev.inboard.spi.pubsub.OutboundMessage;
import dev.inboard.spi.pubsub.PubSubDriver;
import dev.inboard.spi.pubsub.SubscriptionSpec;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** Topics as exchanges, subscriptions as queues bound to them. */
final class RabbitMqPubSubDriver implements PubSubDriver {
  private static final String CLOUD_EVENT = "application/cloudevents+json";

  private final String label;
  private final Broker broker;
  private final Topics topics;
  private final OutgoingProperties properties;
  private final @Nullable Duration ttl;
  private final Set<Feature> features;

  private RabbitMqPubSubDriver(ComponentSpec spec, Broker broker, Topics topics) {
    this.label = spec.label();
    this.broker = broker;
    this.topics = topics;
    this.properties = new OutgoingProperties(topics.deliveryMode());
    this.ttl = spec.get(PubSubFields.TTL);
    this.features = topics.features();
  }

  static RabbitMqPubSubDriver open(ComponentSpec spec, ConnectionOptions options) {
    Broker broker =
        Broker.open(
            spec,
            options,
            spec.get(PubSubFields.PUBLISHER_CONFIRM),
            spec.get(PubSubFields.CONFIRM_TIMEOUT));
    return new RabbitMqPubSubDriver(spec, broker, new Topics(spec));
  }

  @Override
  public Set<Feature> features() {
    return features;
  }

  /**
   * A classic queue confirms what it has written, synced or not; a quorum queue what most of its
   * members have synced. Which of them a topic leads to its subscriptions decide, so this is what
   * holds for all.
   */
  @Override
  public Durability durability() {
    return features.contains(Feature.DURABLE) ? Durability.OS_BUFFER : Durability.MEMORY;
  }

  @Override
  public CompletionStage<Void> ping() {
    return broker.publisher().ping();
  }

  @Override
  public CompletionStage<Void> publish(OutboundMessage message) {
    Outgoing outgoing;
    try {
      outgoing = outgoing(message);
    } catch (InboardException e) {
      return CompletableFuture.failedStage(e);
    } catch (IllegalArgumentException e) {
      return CompletableFuture.failedStage(
          RabbitMqErrors.wrap(label, "publish to '" + message.topic() + "'", e));
    }
    return broker.publisher().publish(outgoing);
  }

  private Outgoing outgoing(OutboundMessage message) {
    Exchange exchange = topics.exchange(message.topic());
    String given = message.contentType();
    Duration delay = message.delay();
    boolean delayed = delay != null && delay.compareTo(Duration.ZERO) > 0;
    if (delayed && message.ttl() != null) {
      throw new InboardException(
          ErrorCode.UNSUPPORTED,
          label,
          "publish to '" + message.topic() + "'",
          "a message that is kept back cannot have a time to live too; leave one out");
    }
    OutgoingProperties.Addressed addressed =
        properties.of(
            message.metadata(),
            given == null || given.equals(CLOUD_EVENT)
                ? OutgoingProperties.DEFAULT_CONTENT_TYPE
                : given,
            delayed || message.ttl() != null ? message.ttl() : ttl,
            false);
    if (delay == null || !delayed) {
      return new Outgoing(
          message.topic(),
          exchange.name(),
          addressed.routingKey(),
          addressed.properties(),
          message.body(),
          topics.declared() ? exchange : null,
          topics.mandatory());
    }
    DelayQueue queue = DelayQueue.of(exchange.name(), addressed.routingKey(), delay);
    return new Outgoing(
        message.topic(),
        "",
        queue.name(),
        addressed.properties(),
        message.body(),
        topics.declared() ? queue.behind(exchange) : queue,
        true);
  }

  @Override
  public CompletionStage<DriverSubscription> subscribe(
      SubscriptionSpec spec, MessageReceiver receiver) {
    return broker.subscribe(
        "subscribe to '" + spec.topic() + "'",
        receiver,
        () -> topics.queue(spec),
        queue -> topics.consume(spec, queue));
  }

  @Override
  public void close() {
    broker.close();
  }
}
