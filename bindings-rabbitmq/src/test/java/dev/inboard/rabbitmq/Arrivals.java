package dev.inboard.rabbitmq;

import dev.inboard.spi.pubsub.InboundMessage;
import dev.inboard.spi.pubsub.MessageReceiver;
import dev.inboard.spi.pubsub.Settlement;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Function;

/** Remembers what arrives, and how often. */
final class Arrivals implements MessageReceiver {
  private final Queue<InboundMessage> messages = new ConcurrentLinkedQueue<>();
  private final Map<String, Integer> counts = new ConcurrentHashMap<>();
  private final Function<InboundMessage, CompletionStage<Settlement>> decision;

  private Arrivals(Function<InboundMessage, CompletionStage<Settlement>> decision) {
    this.decision = decision;
  }

  static Arrivals acknowledged() {
    return deciding(message -> Settlement.ACKNOWLEDGE);
  }

  static Arrivals deciding(Function<InboundMessage, Settlement> decision) {
    return new Arrivals(message -> CompletableFuture.completedFuture(decision.apply(message)));
  }

  static Arrivals settledBy(Function<InboundMessage, CompletionStage<Settlement>> decision) {
    return new Arrivals(decision);
  }

  @Override
  public CompletionStage<Settlement> receive(InboundMessage message) {
    messages.add(message);
    counts.merge(TestComponents.text(message), 1, Integer::sum);
    return decision.apply(message);
  }

  Queue<InboundMessage> messages() {
    return messages;
  }

  Set<String> texts() {
    return counts.keySet();
  }

  int times(String text) {
    return counts.getOrDefault(text, 0);
  }

  /** How many deliveries were repetitions. */
  int repeated() {
    return messages.size() - counts.size();
  }
}
