package dev.inboard.local;

import dev.inboard.common.ErrorCode;
import dev.inboard.common.InboardException;
import dev.inboard.spi.Feature;
import dev.inboard.spi.pubsub.DriverSubscription;
import dev.inboard.spi.pubsub.MessageReceiver;
import dev.inboard.spi.pubsub.OutboundMessage;
import dev.inboard.spi.pubsub.SubscriptionSpec;
import dev.inboard.spi.pubsub.TransactionalPubSubDriver;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;

/** One component's connection, so to speak, to its bus. */
final class InMemoryPubSubDriver implements TransactionalPubSubDriver {
  private final String label;
  private final InMemoryBus bus;
  private final String group;
  private final InMemoryGroup.Settings settings;
  private final Set<Feature> features;
  private final List<InMemorySubscription> subscriptions = new CopyOnWriteArrayList<>();
  private volatile boolean closed; // written under the lock of this

  InMemoryPubSubDriver(
      String label, InMemoryBus bus, String group, InMemoryGroup.Settings settings) {
    this.label = label;
    this.bus = bus;
    this.group = group;
    this.settings = settings;
    this.features =
        settings.retained()
            ? Set.of(
                Feature.ORDER_PER_KEY,
                Feature.DELAYED_PUBLISH,
                Feature.TRANSACTIONAL_PUBLISH,
                Feature.RETAINED_MESSAGES)
            : Set.of(Feature.ORDER_PER_KEY, Feature.DELAYED_PUBLISH, Feature.TRANSACTIONAL_PUBLISH);
  }

  @Override
  public Set<Feature> features() {
    return features;
  }

  @Override
  public CompletionStage<Void> ping() {
    return closed ? cancelled("ping") : CompletableFuture.completedFuture(null);
  }

  @Override
  public CompletionStage<Void> publish(OutboundMessage message) {
    return closed ? cancelled("publish to '" + message.topic() + "'") : bus.publish(message, label);
  }

  /** The bus refuses no message, so all of them are published. */
  @Override
  public CompletionStage<Void> publishTogether(List<OutboundMessage> messages) {
    return closed
        ? cancelled("publish together")
        : CompletableFuture.allOf(
            messages.stream()
                .map(message -> bus.publish(message, label).toCompletableFuture())
                .toArray(CompletableFuture[]::new));
  }

  @Override
  public CompletionStage<DriverSubscription> subscribe(
      SubscriptionSpec spec, MessageReceiver receiver) {
    synchronized (this) {
      if (closed) {
        return cancelled("subscribe to '" + spec.topic() + "'");
      }
      InMemorySubscription subscription = bus.subscribe(group, settings, spec, receiver);
      subscriptions.removeIf(InMemorySubscription::isOver);
      subscriptions.add(subscription);
      return CompletableFuture.completedFuture(subscription);
    }
  }

  private <T> CompletionStage<T> cancelled(String operation) {
    return CompletableFuture.failedStage(
        new InboardException(ErrorCode.CANCELLED, label, operation, "the component was closed"));
  }

  @Override
  public void close() {
    synchronized (this) {
      if (closed) {
        return;
      }
      closed = true;
    }
    subscriptions.forEach(InMemorySubscription::close);
    bus.leave();
  }
}
