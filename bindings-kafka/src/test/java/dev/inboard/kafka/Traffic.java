package dev.inboard.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.inboard.common.InboardException;
import dev.inboard.spi.pubsub.OutboundMessage;
import dev.inboard.spi.pubsub.PubSubDriver;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;

/** An application that publishes all the time, and repeats what fails until it succeeds. */
final class Traffic {
  private static final int KEYS = 12;
  private static final int PAUSE_MILLIS = 3;
  static final Duration PATIENCE = Duration.ofMinutes(2);

  private final PubSubDriver driver;
  private final String topic;
  private final Map<String, Integer> sent = new ConcurrentSkipListMap<>();
  private final AtomicInteger count = new AtomicInteger();
  private final AtomicInteger failures = new AtomicInteger();
  private final Thread thread = new Thread(this::run, "traffic");
  private volatile boolean over;

  private Traffic(PubSubDriver driver, String topic) {
    this.driver = driver;
    this.topic = topic;
  }

  static Traffic start(PubSubDriver driver, String topic) {
    Traffic traffic = new Traffic(driver, topic);
    traffic.thread.setDaemon(true);
    traffic.thread.start();
    return traffic;
  }

  private void run() {
    for (int n = 0; !over; n++) {
      String key = "k" + n % KEYS;
      int number = sent.getOrDefault(key, 0);
      if (!publish(key, key + "-" + number)) {
        return;
      }
      sent.put(key, number + 1);
      count.incrementAndGet();
    }
  }

  private boolean publish(String key, String text) {
    OutboundMessage message =
        OutboundMessage.of(topic, text.getBytes(UTF_8)).with(Map.of("partitionKey", key));
    while (true) {
      try {
        TestComponents.await(driver.publish(message));
        Thread.sleep(PAUSE_MILLIS);
        return true;
      } catch (InboardException e) {
        failures.incrementAndGet();
      } catch (InterruptedException e) {
        return false;
      }
    }
  }

  /** Waits until so many more messages are published. */
  void awaitMore(int messages) {
    int goal = count.get() + messages;
    Awaitility.await().atMost(PATIENCE).until(() -> count.get() >= goal);
  }

  /** Returns how many messages of each key are published so far. */
  Map<String, Integer> sent() {
    return Map.copyOf(sent);
  }

  int failures() {
    return failures.get();
  }

  /** Ends, and returns how many messages of each key the broker has acknowledged. */
  Map<String, Integer> end() throws InterruptedException {
    over = true;
    thread.join(PATIENCE.toMillis());
    return sent;
  }
}
