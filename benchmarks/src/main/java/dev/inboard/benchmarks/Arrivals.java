package dev.inboard.benchmarks;

import dev.inboard.pubsub.Outcome;
import dev.inboard.pubsub.TopicSubscription;
import java.util.concurrent.CountDownLatch;

/**
 * What the rows about consuming have in common: a topic full of small messages is emptied, at most
 * {@link #WINDOW} unsettled at a time, by a handler that does nothing but count.
 */
public final class Arrivals {
  /** How many messages one invocation consumes. */
  public static final int MESSAGES = 20_000;

  /** How many may be unsettled at a time, on both sides. */
  public static final int WINDOW = 100;

  private static final int BYTES = 256;

  private final byte[] body = new byte[BYTES];
  private volatile CountDownLatch missing = new CountDownLatch(0);

  /** Returns what each message carries. */
  public byte[] body() {
    return body;
  }

  /** Begins to count the messages of an invocation. */
  public void expectAll() {
    missing = new CountDownLatch(MESSAGES);
  }

  /** Counts one. */
  public void arrived() {
    missing.countDown();
  }

  /** Waits until all have arrived. */
  public void awaitAll() throws InterruptedException {
    missing.await();
  }

  /** Returns our subscription, which counts what it gets. */
  public TopicSubscription subscription(String topic) {
    return TopicSubscription.to(
            topic,
            byte[].class,
            event -> {
              arrived();
              return Outcome.SUCCESS;
            })
        .withConcurrency(WINDOW)
        .withRawBodies();
  }
}
