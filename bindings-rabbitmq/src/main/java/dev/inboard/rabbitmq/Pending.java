package dev.inboard.rabbitmq;

import java.util.Arrays;
import java.util.concurrent.CompletableFuture;

/** A message that is sent and not confirmed, and the promise to say what became of it. */
final class Pending extends CompletableFuture<Void> {
  private final Outgoing message;
  private final long sentAt = System.nanoTime();
  private volatile boolean returned; // written by the client's thread, before the confirm

  Pending(Outgoing message) {
    this.message = message;
  }

  Outgoing message() {
    return message;
  }

  long sentAt() {
    return sentAt;
  }

  /** The broker has sent it back, because it leads to no queue. */
  void markReturned() {
    returned = true;
  }

  boolean returned() {
    return returned;
  }

  /**
   * Says whether the broker can mean this message: it returns the messages of a channel in the
   * order in which they were sent, with nothing but their content to tell them apart.
   */
  boolean isReturned(String exchange, String routingKey, byte[] body) {
    return !returned
        && message.exchange().equals(exchange)
        && message.routingKey().equals(routingKey)
        && Arrays.equals(message.body(), body);
  }
}
