package dev.inboard.kafka;

import dev.inboard.common.ErrorCode;
import dev.inboard.common.InboardException;
import dev.inboard.kafka.Backlog.Lanes;
import dev.inboard.spi.ComponentSpec;
import dev.inboard.spi.Durability;
import dev.inboard.spi.Feature;
import dev.inboard.spi.pubsub.DriverSubscription;
import dev.inboard.spi.pubsub.MessageReceiver;
import dev.inboard.spi.pubsub.OutboundMessage;
import dev.inboard.spi.pubsub.SubscriptionSpec;
import dev.inboard.spi.pubsub.SubscriptionSpec.Order;
import dev.inboard.spi.pubsub.TransactionalPubSubDriver;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** One producer for everything that is published, and a consumer for each subscription. */
final class KafkaPubSubDriver implements TransactionalPubSubDriver {
  private static final String ORDER = "order";

  private final String label;
  private final KafkaConnection connection;
  private final KafkaPublisher publisher;
  private final KafkaInput input;
  private volatile boolean closed; // written by close()

  private KafkaPubSubDriver(ComponentSpec spec, KafkaConnection connection) {
    this.label = spec.label();
    this.connection = connection;
    this.publisher = new KafkaPublisher(spec, connection);
    this.input = new KafkaInput(spec);
  }

  static KafkaPubSubDriver open(ComponentSpec spec) {
    KafkaConnection connection = KafkaConnection.open(spec);
    try {
      return new KafkaPubSubDriver(spec, connection);
    } catch (RuntimeException e) {
      connection.close();
      throw KafkaErrors.wrap(spec.label(), "open", e);
    }
  }

  @Override
  public Set<Feature> features() {
    return Set.of(
        Feature.ORDER_PER_KEY,
        Feature.RETAINED_MESSAGES,
        Feature.TRANSACTIONAL_PUBLISH,
        Feature.DURABLE);
  }

  @Override
  public @Nullable Durability durability() {
    return connection.durability();
  }

  @Override
  public CompletionStage<Void> ping() {
    return closed ? CompletableFuture.failedStage(cancelled("ping")) : connection.ping();
  }

  @Override
  public CompletionStage<Void> publish(OutboundMessage message) {
    return publisher.publish(message.topic(), message.body(), message.metadata());
  }

  @Override
  public CompletionStage<Void> publishTogether(List<OutboundMessage> messages) {
    return publisher.publishTogether(messages);
  }

  @Override
  public CompletionStage<DriverSubscription> subscribe(
      SubscriptionSpec spec, MessageReceiver receiver) {
    Lanes lanes;
    try {
      lanes = lanes(spec);
    } catch (InboardException e) {
      return CompletableFuture.failedStage(e);
    }
    return input.subscribe(List.of(spec.topic()), spec.maxInFlight(), lanes, receiver);
  }

  /** With one message in flight, the order of the whole partition costs nothing. */
  private Lanes lanes(SubscriptionSpec spec) {
    String order = spec.metadata().getOrDefault(ORDER, "key");
    if (!order.equals("key") && !order.equals("partition")) {
      throw new InboardException(
          ErrorCode.INVALID_ARGUMENT,
          label,
          "subscribe to '" + spec.topic() + "'",
          "metadata '" + ORDER + "': '" + order + "' is neither key nor partition");
    }
    if (spec.order() == Order.BY_ARRIVAL) {
      return Lanes.NONE;
    }
    return order.equals("partition") || spec.maxInFlight() == 1
        ? Lanes.PER_PARTITION
        : Lanes.PER_KEY;
  }

  private InboardException cancelled(String operation) {
    return new InboardException(ErrorCode.CANCELLED, label, operation, "the component is closed");
  }

  /** Takes no more messages in, then sends those that were accepted. */
  @Override
  public synchronized void close() {
    if (closed) {
      return;
    }
    closed = true;
    input.close();
    publisher.close();
    connection.close();
  }
}
