package dev.inboard.internal.pubsub;

import dev.inboard.spi.Feature;
import dev.inboard.spi.pubsub.DriverSubscription;
import dev.inboard.spi.pubsub.MessageReceiver;
import dev.inboard.spi.pubsub.OutboundMessage;
import dev.inboard.spi.pubsub.PubSubDriver;
import dev.inboard.spi.pubsub.Settlement;
import dev.inboard.spi.pubsub.SubscriptionSpec;
import dev.inboard.spi.pubsub.TransactionalPubSubDriver;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;

/** The in-memory broker, with an ear on the line: what goes over it, and the means to cut it. */
final class Tap implements TransactionalPubSubDriver {
  final List<OutboundMessage> published = new CopyOnWriteArrayList<>();
  final List<Settlement> settlements = new CopyOnWriteArrayList<>();
  final List<SubscriptionSpec> subscribed = new CopyOnWriteArrayList<>();

  private final PubSubDriver broker;
  private final Set<Feature> features;
  private volatile boolean paused;
  private volatile Function<OutboundMessage, CompletionStage<Void>> publishing;

  Tap(PubSubDriver broker, Set<Feature> features) {
    this.broker = broker;
    this.features = features;
    this.publishing = broker::publish;
  }

  /** Publishes in another way from now on. */
  void publishingWith(Function<OutboundMessage, CompletionStage<Void>> publishing) {
    this.publishing = publishing;
  }

  @Override
  public Set<Feature> features() {
    return features;
  }

  @Override
  public CompletionStage<Void> publish(OutboundMessage message) {
    published.add(message);
    return publishing.apply(message);
  }

  @Override
  public CompletionStage<Void> publishTogether(List<OutboundMessage> messages) {
    published.addAll(messages);
    return ((TransactionalPubSubDriver) broker).publishTogether(messages);
  }

  @Override
  public CompletionStage<DriverSubscription> subscribe(
      SubscriptionSpec spec, MessageReceiver receiver) {
    subscribed.add(spec);
    return broker
        .subscribe(
            spec,
            message ->
                receiver
                    .receive(message)
                    .whenComplete((settlement, failure) -> settlements.add(settlement)))
        .thenApply(Valve::new);
  }

  /** Says whether the last who paused or resumed a subscription has paused it. */
  boolean isPaused() {
    return paused;
  }

  private final class Valve implements DriverSubscription {
    private final DriverSubscription link;

    Valve(DriverSubscription link) {
      this.link = link;
    }

    @Override
    public void pause() {
      paused = true;
      link.pause();
    }

    @Override
    public void resume() {
      paused = false;
      link.resume();
    }

    @Override
    public CompletionStage<Void> stop() {
      return link.stop();
    }

    @Override
    public OptionalLong lag() {
      return link.lag();
    }
  }

  @Override
  public void close() {
    broker.close();
  }
}
