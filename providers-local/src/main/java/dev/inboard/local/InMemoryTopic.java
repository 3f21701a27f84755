package dev.inboard.local;

import dev.inboard.spi.pubsub.InboundMessage;
import dev.inboard.spi.pubsub.MessageReceiver;
import dev.inboard.spi.pubsub.OutboundMessage;
import dev.inboard.spi.pubsub.SubscriptionSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * One topic: hands each message to the queue of each group. Locks are taken in the order topic,
 * group.
 */
final class InMemoryTopic {
  private final String name;
  private final ScheduledExecutorService timer;
  private final AtomicLong lastNumber = new AtomicLong();
  private volatile List<InMemoryGroup> groups = List.of(); // replaced under the lock of this

  InMemoryTopic(String name, ScheduledExecutorService timer) {
    this.name = name;
    this.timer = timer;
  }

  /** Adds a member to a group, which collects messages from its first member on. */
  InMemorySubscription subscribe(
      String groupName,
      InMemoryGroup.Settings settings,
      SubscriptionSpec spec,
      MessageReceiver receiver) {
    InMemorySubscription member;
    synchronized (this) {
      InMemoryGroup group = find(groupName);
      if (group == null) {
        group = new InMemoryGroup(groupName, settings, timer);
        List<InMemoryGroup> more = new ArrayList<>(groups);
        more.add(group);
        groups = List.copyOf(more);
      }
      member = new InMemorySubscription(this, group, spec, receiver);
      group.join(member);
    }
    member.group().dispatch();
    return member;
  }

  private @Nullable InMemoryGroup find(String groupName) {
    for (InMemoryGroup group : groups) {
      if (group.name().equals(groupName)) {
        return group;
      }
    }
    return null;
  }

  /**
   * Ends a member's deliveries, and forgets a group that was to live only as long as its members.
   */
  synchronized void leave(InMemorySubscription member) {
    InMemoryGroup group = member.group();
    group.leave(member);
    if (group.isForgettable()) {
      groups = groups.stream().filter(other -> other != group).toList();
    }
  }

  /**
   * Puts a message into each group's queue.
   *
   * @return null when there was room everywhere, else completes when there is
   */
  @Nullable CompletableFuture<Void> publish(
      OutboundMessage message, byte[] body, String publisher) {
    Map<String, String> metadata = Map.copyOf(message.metadata());
    String key = key(metadata);
    long number = lastNumber.incrementAndGet();
    InboundMessage inbound =
        new InboundMessage(Long.toString(number), name, body, message.contentType(), metadata, 1);
    CompletableFuture<Void> all = null;
    for (InMemoryGroup group : groups) {
      CompletableFuture<Void> room =
          group.offer(new InMemoryMessage(key, number, inbound), publisher);
      if (room != null) {
        all = all == null ? room : CompletableFuture.allOf(all, room);
      }
    }
    return all;
  }

  private static @Nullable String key(Map<String, String> metadata) {
    if (metadata.isEmpty()) {
      return null;
    }
    String key = metadata.get("partitionKey");
    return key != null ? key : metadata.get("__key");
  }

  /** The bus is gone: nobody must wait any longer. */
  void end() {
    groups.forEach(InMemoryGroup::end);
  }
}
