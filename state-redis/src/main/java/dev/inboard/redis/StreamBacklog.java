package dev.inboard.redis;

import dev.inboard.spi.pubsub.InboundMessage;
import dev.inboard.spi.pubsub.SubscriptionSpec;
import dev.inboard.spi.pubsub.SubscriptionSpec.Order;
import io.lettuce.core.StreamMessage;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The messages that a member owns: waiting for their turn, delivered, or waiting to be delivered
 * again. Decides whose turn it is. Not safe for many threads.
 */
final class StreamBacklog {
  private static final String KEY = "partitionKey";
  private static final Duration FIRST_PAUSE = Duration.ofSeconds(1);
  private static final int LONGEST_PAUSE_DOUBLINGS = 5;
  private static final int LEAST_AHEAD = 16;

  private final SubscriptionSpec spec;
  private final int queueDepth;
  private final Map<String, Message> owned = new HashMap<>();
  private final Map<String, Message> waiting = new LinkedHashMap<>(); // in the order of the stream
  private final Set<String> resting = new HashSet<>(); // failed, and not ready yet
  private final Set<String> busyLanes = new HashSet<>();
  private int unsettled;

  StreamBacklog(SubscriptionSpec spec, int queueDepth) {
    this.spec = spec;
    this.queueDepth = queueDepth;
  }

  /**
   * A message that this member owns.
   *
   * @param lane messages of one lane are delivered one after the other; null: none of them waits
   */
  record Message(InboundMessage inbound, @Nullable String lane) {
    String id() {
      return inbound.id();
    }
  }

  /** Takes a message in. One that is owned already is not taken twice. */
  void add(StreamMessage<String, byte[]> message, int delivery) {
    Map<String, String> metadata = StreamEntry.metadata(message.getBody());
    InboundMessage inbound =
        new InboundMessage(
            message.getId(),
            spec.topic(),
            StreamEntry.data(message.getBody()),
            null,
            metadata,
            delivery);
    Message owner = new Message(inbound, lane(metadata));
    if (owned.putIfAbsent(owner.id(), owner) == null) {
      waiting.put(owner.id(), owner);
    }
  }

  private @Nullable String lane(Map<String, String> metadata) {
    if (spec.order() == Order.BY_ARRIVAL) {
      return null;
    }
    return spec.maxInFlight() == 1 ? "" : metadata.get(KEY);
  }

  /** Returns the message whose turn it is and counts it as delivered; null when none may be. */
  @Nullable Message next() {
    if (unsettled >= spec.maxInFlight()) {
      return null;
    }
    for (Iterator<Message> messages = waiting.values().iterator(); messages.hasNext(); ) {
      Message message = messages.next();
      if (message.lane() == null || busyLanes.add(message.lane())) {
        messages.remove();
        unsettled++;
        return message;
      }
    }
    return null;
  }

  /** Lets a handled message go. */
  void remove(Message message) {
    unsettled--;
    owned.remove(message.id());
    free(message);
  }

  private void free(Message message) {
    if (message.lane() != null) {
      busyLanes.remove(message.lane());
    }
  }

  /** Keeps a failed message, and its lane, until it is {@link #ready}; returns for how long. */
  Duration putBack(Message message) {
    unsettled--;
    resting.add(message.id());
    InboundMessage in = message.inbound();
    owned.put(
        message.id(),
        new Message(
            new InboundMessage(
                in.id(),
                in.topic(),
                in.body(),
                in.contentType(),
                in.metadata(),
                in.deliveries() + 1),
            message.lane()));
    int doublings = Math.min(in.deliveries() - 1, LONGEST_PAUSE_DOUBLINGS);
    return FIRST_PAUSE.multipliedBy(1L << doublings);
  }

  /** Puts a failed message back in front of its lane. */
  void ready(Message failed) {
    Message message = owned.get(failed.id());
    if (!resting.remove(failed.id()) || message == null) {
      return; // another member has it
    }
    free(message);
    Map<String, Message> behind = new LinkedHashMap<>(waiting);
    waiting.clear();
    waiting.put(message.id(), message);
    waiting.putAll(behind);
  }

  /** Drops a message that another member owns now, unless it is delivered already. */
  void forget(String id) {
    if (waiting.remove(id) != null) {
      owned.remove(id);
    } else if (resting.remove(id)) {
      Message message = owned.remove(id);
      if (message != null) {
        free(message);
      }
    }
  }

  int unsettled() {
    return unsettled;
  }

  /** Returns how many messages to fetch: some ahead of the receiver, not more than can be kept. */
  int room() {
    long deliverable =
        waiting.values().stream()
            .filter(message -> message.lane() == null || !busyLanes.contains(message.lane()))
            .count();
    int ahead = Math.max(spec.maxInFlight(), LEAST_AHEAD) - (int) deliverable;
    int keep = queueDepth + spec.maxInFlight() - owned.size();
    return Math.max(0, Math.min(ahead, keep));
  }

  /** Returns how often each message has been delivered, this time included. */
  Map<String, Integer> deliveries() {
    Map<String, Integer> deliveries = new HashMap<>();
    owned.values().forEach(message -> deliveries.put(message.id(), message.inbound().deliveries()));
    return deliveries;
  }
}
