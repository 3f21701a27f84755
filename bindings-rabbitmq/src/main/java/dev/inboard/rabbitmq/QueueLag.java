package dev.inboard.rabbitmq;

import java.io.IOException;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** How many messages wait in a queue, as of a moment ago. Safe for concurrent use. */
final class QueueLag {
  private static final Logger LOG = LoggerFactory.getLogger(QueueLag.class);
  private static final Duration IS_FRESH = Duration.ofMillis(200);

  private final String queue;
  private final HeldMessages messages;
  private final Later later;
  private volatile int atBroker;
  private volatile long asked = System.nanoTime();

  QueueLag(String queue, HeldMessages messages, Later later) {
    this.queue = queue;
    this.messages = messages;
    this.later = later;
  }

  void found(int count) {
    atBroker = count;
  }

  /** Returns what is known, and asks for the next time. */
  long get() {
    long now = System.nanoTime();
    if (now - asked > IS_FRESH.toNanos()) {
      asked = now;
      later.run(Duration.ZERO, this::ask);
    }
    return (long) atBroker + messages.waiting();
  }

  private void ask() {
    ConsumerChannel channel = messages.channel();
    try {
      if (channel != null) {
        atBroker = channel.messagesWaiting();
      }
    } catch (IOException | RuntimeException e) {
      LOG.debug("the lag of '{}' is not known", queue, e);
    }
  }
}
