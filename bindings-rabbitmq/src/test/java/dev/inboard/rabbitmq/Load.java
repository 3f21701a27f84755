package dev.inboard.rabbitmq;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.inboard.common.InboardException;
import dev.inboard.spi.pubsub.OutboundMessage;
import dev.inboard.spi.pubsub.PubSubDriver;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/** Publishes numbered messages to topics in turn, many at a time, until it is told to stop. */
final class Load implements AutoCloseable {
  private static final int WINDOW = 200;

  private final PubSubDriver driver;
  private final String[] topics;
  private final Set<String> confirmed = ConcurrentHashMap.newKeySet();
  private final Map<String, Integer> failures = new ConcurrentHashMap<>(); // by error code
  private final AtomicInteger sent = new AtomicInteger();
  private final Semaphore window = new Semaphore(WINDOW);
  private final Thread thread = new Thread(this::run, "load");
  private volatile boolean stopped;

  private Load(PubSubDriver driver, String... topics) {
    this.driver = driver;
    this.topics = topics;
  }

  static Load start(PubSubDriver driver, String... topics) {
    Load load = new Load(driver, topics);
    load.thread.start();
    return load;
  }

  private void run() {
    while (!stopped) {
      window.acquireUninterruptibly();
      int number = sent.getAndIncrement();
      String topic = topics[number % topics.length];
      String text = topic + "#" + number;
      CompletableFuture<Void> published =
          driver.publish(OutboundMessage.of(topic, text.getBytes(UTF_8))).toCompletableFuture();
      CompletableFuture<Void> unused =
          published.whenComplete(
              (done, failure) -> {
                if (failure == null) {
                  confirmed.add(text);
                } else {
                  failures.merge(codeOf(failure), 1, Integer::sum);
                }
                window.release();
              });
      if (published.isCompletedExceptionally()) { // the broker is away: do not spin
        LockSupport.parkNanos(1_000_000);
      }
    }
  }

  private static String codeOf(Throwable failure) {
    Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
    return cause instanceof InboardException known ? known.code().name() : String.valueOf(cause);
  }

  int sent() {
    return sent.get();
  }

  Set<String> confirmed() {
    return confirmed;
  }

  Map<String, Integer> failures() {
    return failures;
  }

  /** Stops and waits until every message has its answer. */
  @Override
  public void close() {
    stopped = true;
    try {
      thread.join();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
    window.acquireUninterruptibly(WINDOW);
    window.release(WINDOW);
  }
}
