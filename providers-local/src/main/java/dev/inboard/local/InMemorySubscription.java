package dev.inboard.local;

import dev.inboard.spi.pubsub.DriverSubscription;
import dev.inboard.spi.pubsub.MessageReceiver;
import dev.inboard.spi.pubsub.SubscriptionSpec;
import dev.inboard.spi.pubsub.SubscriptionSpec.Order;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** A member of a group: its receiver, and its messages in flight. */
final class InMemorySubscription implements DriverSubscription {
  private final InMemoryTopic topic;
  private final InMemoryGroup group;
  private final SubscriptionSpec spec;
  private final MessageReceiver receiver;
  private final CompletableFuture<Void> finished = new CompletableFuture<>();

  // Guarded by the group.
  private final List<InMemoryDelivery> inFlight = new ArrayList<>();
  private boolean paused;
  private boolean stopped;

  InMemorySubscription(
      InMemoryTopic topic, InMemoryGroup group, SubscriptionSpec spec, MessageReceiver receiver) {
    this.topic = topic;
    this.group = group;
    this.spec = spec;
    this.receiver = receiver;
  }

  InMemoryGroup group() {
    return group;
  }

  MessageReceiver receiver() {
    return receiver;
  }

  Order order() {
    return spec.order();
  }

  boolean hasRoom() {
    return !paused && !stopped && inFlight.size() < spec.maxInFlight();
  }

  InMemoryDelivery begin(InMemoryMessage message) {
    InMemoryDelivery delivery = new InMemoryDelivery(this, message);
    delivery.slot = inFlight.size();
    inFlight.add(delivery);
    return delivery;
  }

  /** Takes a delivery off the list; says no when it is not on it any more. */
  boolean end(InMemoryDelivery delivery) {
    if (delivery.slot < 0) {
      return false;
    }
    InMemoryDelivery last = inFlight.remove(inFlight.size() - 1);
    if (last != delivery) {
      inFlight.set(delivery.slot, last);
      last.slot = delivery.slot;
    }
    delivery.slot = -1;
    return true;
  }

  /** Says whether it needs no closing any more. */
  boolean isOver() {
    return finished.isDone();
  }

  boolean isFinished() {
    return stopped && inFlight.isEmpty();
  }

  void finish() {
    finished.complete(null);
  }

  @Override
  public void pause() {
    synchronized (group) {
      paused = true;
    }
  }

  @Override
  public void resume() {
    synchronized (group) {
      paused = false;
    }
    group.dispatch();
  }

  @Override
  public CompletionStage<Void> stop() {
    boolean done;
    synchronized (group) {
      stopped = true;
      done = isFinished();
    }
    topic.leave(this);
    if (done) {
      finish();
    }
    return finished.minimalCompletionStage();
  }

  /** Stops, and hands back at once what is not settled. */
  void close() {
    List<InMemoryMessage> unsettled;
    topic.leave(this);
    synchronized (group) {
      stopped = true;
      inFlight.sort(Comparator.comparingLong(delivery -> delivery.message().number()));
      unsettled = inFlight.stream().map(InMemoryDelivery::message).toList();
      inFlight.forEach(delivery -> delivery.slot = -1);
      inFlight.clear();
    }
    group.handBack(unsettled);
    finish();
  }

  @Override
  public OptionalLong lag() {
    return OptionalLong.of(group.backlog());
  }
}
