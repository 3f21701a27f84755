package dev.inboard.internal.pubsub;

import dev.inboard.pubsub.EventHandler;
import dev.inboard.spi.pubsub.InboundMessage;
import dev.inboard.spi.pubsub.Settlement;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * One message under way, and the settlement for which its driver waits. Worked on by one thread at
 * a time.
 */
final class Delivery extends CompletableFuture<Settlement> implements Work {
  private final InboundPath path;
  private final InboundMessage message;
  private @Nullable Envelope envelope;
  private @Nullable EventHandler<?> handler;
  private int attempts;
  private long begun; // the first attempt, in System.nanoTime()

  Delivery(InboundPath path, InboundMessage message) {
    this.path = path;
    this.message = message;
  }

  InboundMessage message() {
    return message;
  }

  /**
   * Remembers what was found out about the message, which need not be found out again for the next
   * attempt.
   */
  void prepared(Envelope envelope, EventHandler<?> handler) {
    this.envelope = envelope;
    this.handler = handler;
  }

  boolean isPrepared() {
    return handler != null;
  }

  Envelope envelope() {
    return Objects.requireNonNull(envelope, "not prepared");
  }

  EventHandler<?> handler() {
    return Objects.requireNonNull(handler, "not prepared");
  }

  int attempts() {
    return attempts;
  }

  void countAttempt() {
    if (attempts == 0) {
      begun = System.nanoTime();
    }
    attempts++;
  }

  /** Returns the time since the first attempt began. */
  long elapsedNanos() {
    return System.nanoTime() - begun;
  }

  @Override
  public void run() {
    path.handle(this);
  }

  @Override
  public void resume() {
    path.resume(this);
  }

  @Override
  public void giveBack() {
    complete(Settlement.REDELIVER);
  }
}
