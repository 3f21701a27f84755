package dev.inboard.kafka;

import java.util.Queue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The messages of one topic that cannot be sent at once, in their order. As long as there are any,
 * later ones queue up behind them.
 */
final class TopicLine {
  private final KafkaPublisher publisher;
  private final String topic;
  private final Queue<Publishing> queue = new ConcurrentLinkedQueue<>();
  private final AtomicInteger queued = new AtomicInteger();
  private volatile boolean found; // set once
  private volatile boolean answered; // set once

  TopicLine(KafkaPublisher publisher, String topic) {
    this.publisher = publisher;
    this.topic = topic;
  }

  /** Says whether a message may be sent past this line. */
  boolean isOpen() {
    return answered && queued.get() == 0;
  }

  void detour(Publishing message, ExecutorService threads) {
    queue.add(message);
    if (queued.getAndIncrement() == 0) {
      try {
        threads.execute(this::work);
      } catch (RejectedExecutionException e) { // closed meanwhile
        work();
      }
    }
  }

  private void work() {
    do {
      Publishing message = queue.remove();
      publisher.leftDetour(message);
      try {
        pass(message);
      } catch (RuntimeException e) {
        message.fail(e);
      }
    } while (queued.decrementAndGet() > 0);
  }

  private void pass(Publishing message) {
    if (!found) {
      publisher.find(topic);
      found = true;
    }
    publisher.send(message);
    if (!answered) {
      limit(message);
    }
  }

  /**
   * Before its first answer, the client waits for the broker as long as it takes, whatever its
   * timeouts say.
   */
  private void limit(Publishing message) {
    long millis = publisher.deliveryTimeout().plusSeconds(5).toMillis();
    CompletionStage<Void> answer = message.copy().orTimeout(millis, TimeUnit.MILLISECONDS);
    answer.whenComplete(
        (done, failure) -> {
          if (failure == null) {
            answered = true;
          } else if (failure instanceof TimeoutException) {
            message.fail(
                new org.apache.kafka.common.errors.TimeoutException(
                    "no answer of the broker within " + millis + " ms", failure));
          }
        });
  }
}
