package dev.inboard.local;

import dev.inboard.spi.pubsub.MessageReceiver;
import dev.inboard.spi.pubsub.OutboundMessage;
import dev.inboard.spi.pubsub.SubscriptionSpec;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * What a server would be: the topics that several drivers share. It ends when its last driver
 * leaves.
 */
final class InMemoryBus {
  private static final Map<String, InMemoryBus> BUSES = new HashMap<>(); // guarded by itself
  private static final CompletionStage<Void> DONE = CompletableFuture.completedStage(null);

  private final String name;
  private final Map<String, InMemoryTopic> topics = new ConcurrentHashMap<>();
  private final ScheduledThreadPoolExecutor timer;
  private int drivers; // guarded by BUSES

  private InMemoryBus(String name) {
    this.name = name;
    // One thread, and only while something is due: it ends after a second without work.
    timer = new ScheduledThreadPoolExecutor(1, InMemoryBus::timerThread);
    timer.setKeepAliveTime(1, TimeUnit.SECONDS);
    timer.allowCoreThreadTimeOut(true);
  }

  private static Thread timerThread(Runnable task) {
    Thread thread = new Thread(task, "inboard-in-memory-bus");
    thread.setDaemon(true);
    return thread;
  }

  /** Returns the bus of this name, for one more driver. */
  static InMemoryBus join(String name) {
    synchronized (BUSES) {
      InMemoryBus bus = BUSES.computeIfAbsent(name, InMemoryBus::new);
      bus.drivers++;
      return bus;
    }
  }

  /** Says that a driver is gone. */
  void leave() {
    synchronized (BUSES) {
      if (--drivers > 0) {
        return;
      }
      BUSES.remove(name);
    }
    timer.shutdownNow();
    topics.values().forEach(InMemoryTopic::end);
  }

  /**
   * Hands a message to the groups of its topic. A topic that nobody ever subscribed to keeps
   * nothing.
   */
  CompletionStage<Void> publish(OutboundMessage message, String publisher) {
    byte[] body = message.body().clone();
    if (message.delay() == null || message.delay().isZero()) {
      return publishNow(message, body, publisher);
    }
    var unused =
        timer.schedule(
            () -> publishNow(message, body, publisher),
            message.delay().toMillis(),
            TimeUnit.MILLISECONDS);
    return DONE;
  }

  private CompletionStage<Void> publishNow(OutboundMessage message, byte[] body, String publisher) {
    InMemoryTopic topic = topics.get(message.topic());
    CompletionStage<Void> room = topic == null ? null : topic.publish(message, body, publisher);
    return room == null ? DONE : room;
  }

  InMemorySubscription subscribe(
      String group,
      InMemoryGroup.Settings settings,
      SubscriptionSpec spec,
      MessageReceiver receiver) {
    return topics
        .computeIfAbsent(spec.topic(), topic -> new InMemoryTopic(topic, timer))
        .subscribe(group, settings, spec, receiver);
  }
}
