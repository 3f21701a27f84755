package dev.inboard.spi.conformance;

import dev.inboard.spi.pubsub.InboundMessage;
import dev.inboard.spi.pubsub.MessageReceiver;
import dev.inboard.spi.pubsub.Settlement;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/**
 * A receiver that remembers what it was given and settles as its test says. Safe for many threads.
 */
class Inbox implements MessageReceiver {
  private final Function<InboundMessage, CompletionStage<Settlement>> decision;
  private final List<InboundMessage> received = new ArrayList<>();
  private int unsettled;
  private int mostUnsettled;

  /** Settles each message when the stage that the function returns completes. */
  Inbox(Function<InboundMessage, CompletionStage<Settlement>> decision) {
    this.decision = decision;
  }

  /** Acknowledges each message at once. */
  static Inbox acknowledging() {
    return deciding(message -> Settlement.ACKNOWLEDGE);
  }

  /** Settles each message at once, as the function says. */
  static Inbox deciding(Function<InboundMessage, Settlement> decision) {
    return new Inbox(message -> CompletableFuture.completedFuture(decision.apply(message)));
  }

  /** Acknowledges each message on another thread after a while. */
  static Inbox slow(Duration pause) {
    var later = CompletableFuture.delayedExecutor(pause.toMillis(), TimeUnit.MILLISECONDS);
    return new Inbox(message -> CompletableFuture.supplyAsync(() -> Settlement.ACKNOWLEDGE, later));
  }

  @Override
  public CompletionStage<Settlement> receive(InboundMessage message) {
    synchronized (this) {
      received.add(message);
      unsettled++;
      mostUnsettled = Math.max(mostUnsettled, unsettled);
    }
    // Counts down before the driver sees the settlement, so that its next delivery never counts as
    // one too many.
    return decision.apply(message).whenComplete((settlement, failure) -> settled());
  }

  private synchronized void settled() {
    unsettled--;
  }

  synchronized List<InboundMessage> messages() {
    return List.copyOf(received);
  }

  synchronized int count() {
    return received.size();
  }

  synchronized int mostUnsettled() {
    return mostUnsettled;
  }

  List<String> texts() {
    return messages().stream().map(Inbox::text).toList();
  }

  static String text(InboundMessage message) {
    return new String(message.body(), StandardCharsets.UTF_8);
  }

  /** An inbox that settles a message only when its test names the text. */
  static final class Holding extends Inbox {
    private final Map<String, CompletableFuture<Settlement>> held;

    Holding() {
      this(new HashMap<>());
    }

    private Holding(Map<String, CompletableFuture<Settlement>> held) {
      super(message -> stage(held, text(message)));
      this.held = held;
    }

    /** Settles the message of this text, now or as soon as it arrives. */
    void settle(String text, Settlement settlement) {
      stage(held, text).complete(settlement);
    }

    private static CompletableFuture<Settlement> stage(
        Map<String, CompletableFuture<Settlement>> held, String text) {
      synchronized (held) {
        return held.computeIfAbsent(text, missing -> new CompletableFuture<>());
      }
    }
  }
}
