package dev.inboard.kafka;

import dev.inboard.kafka.Message.Lane;
import dev.inboard.kafka.Message.State;
import dev.inboard.spi.pubsub.MessageReceiver;
import dev.inboard.spi.pubsub.Settlement;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a subscription has fetched and not handled: decides whose turn it is, delivers, and knows up
 * to where each partition is handled.
 *
 * <p>Messages of one lane (a key of a partition) are delivered one after the other, others without
 * waiting. Whichever thread settles a message delivers the next one. Safe for many threads.
 */
final class Backlog {
  private static final Logger LOG = LoggerFactory.getLogger(Backlog.class);

  /** How far handling may run ahead of the oldest message of a partition that is not handled. */
  static final int MOST_UNCOMMITTED = 10_000;

  private static final int LEAST_AHEAD = 500;
  private static final long MOST_BYTES = 64L << 20;

  /** What messages of a subscription wait for. */
  enum Lanes {
    /** For their predecessor with the same key; those without a key for nothing. */
    PER_KEY,
    /** For their predecessor in the partition. */
    PER_PARTITION,
    /** For nothing. */
    NONE
  }

  private final MessageReceiver receiver;
  private final HeaderRules headers;
  private final int maxInFlight;
  private final Lanes lanes;
  private final RedeliveryPause pause;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition progress = lock.newCondition();
  private final Map<TopicPartition, PartitionBacklog> partitions = new HashMap<>();
  private final Map<Lane, Message> tails = new HashMap<>(); // the last message of each lane
  private final Deque<Message> ready = new ArrayDeque<>();
  private final PriorityQueue<Message> resting =
      new PriorityQueue<>(Comparator.comparingLong(message -> message.readyAt));
  private int inFlight;
  private long bytes;
  private boolean held; // nothing is delivered
  private boolean delivering; // a frame further up delivers whatever becomes ready
  private boolean awaited; // somebody waits for progress

  Backlog(
      MessageReceiver receiver,
      HeaderRules headers,
      int maxInFlight,
      Lanes lanes,
      RedeliveryPause pause) {
    this.receiver = receiver;
    this.headers = headers;
    this.maxInFlight = maxInFlight;
    this.lanes = lanes;
    this.pause = pause;
  }

  /** Takes a partition in. */
  void open(PartitionBacklog partition) {
    locked(() -> partitions.put(partition.name, partition));
  }

  /** Fetching of a partition goes on elsewhere, because the broker has lost what was to come. */
  void restart(TopicPartition name, long offset) {
    locked(
        () -> {
          PartitionBacklog partition = partitions.get(name);
          if (partition != null) {
            partition.restart(offset);
          }
        });
  }

  /** Takes what was fetched of a partition, and delivers what may be delivered. */
  void add(TopicPartition name, List<ConsumerRecord<byte[], byte[]>> records, long next) {
    locked(
        () -> {
          PartitionBacklog partition = partitions.get(name);
          if (partition == null || partition.draining) {
            return;
          }
          for (ConsumerRecord<byte[], byte[]> record : records) {
            add(partition, record);
          }
          partition.fetchedTo(next);
          deliver();
        });
  }

  private void add(PartitionBacklog partition, ConsumerRecord<byte[], byte[]> record) {
    if (partition.handledBefore.contains(record.offset())) {
      Message known = new Message(record, partition, null);
      partition.window.add(known);
      partition.handled(known);
      return;
    }
    Message message = new Message(record, partition, lane(partition, record));
    partition.window.add(message);
    bytes += message.bytes();
    Message before = message.lane == null ? null : tails.put(message.lane, message);
    if (before == null) {
      ready(message);
    } else {
      before.behind = message;
    }
  }

  private @Nullable Lane lane(PartitionBacklog partition, ConsumerRecord<byte[], byte[]> record) {
    return switch (lanes) {
      case PER_KEY -> record.key() == null ? null : new Lane(partition.name, record.key());
      case PER_PARTITION -> new Lane(partition.name, null);
      case NONE -> null;
    };
  }

  private void ready(Message message) {
    message.state = State.READY;
    message.partition.ready++;
    ready.add(message);
  }

  private void deliver() {
    if (delivering) {
      return;
    }
    delivering = true;
    try {
      while (!held && inFlight < maxInFlight) {
        Message message = ready.poll();
        if (message == null) {
          return;
        }
        if (message.state == State.READY) { // else its partition is gone
          message.state = State.IN_FLIGHT;
          message.partition.ready--;
          message.partition.inFlight++;
          inFlight++;
          receive(message);
        }
      }
    } finally {
      delivering = false;
    }
  }

  private void receive(Message message) {
    CompletionStage<Settlement> outcome;
    try {
      outcome = receiver.receive(message.inbound(headers));
    } catch (RuntimeException e) {
      outcome = CompletableFuture.failedStage(e);
    }
    outcome.whenComplete((settlement, failure) -> settled(message, settlement, failure));
  }

  private void settled(
      Message message, @Nullable Settlement settlement, @Nullable Throwable failure) {
    if (failure != null) {
      LOG.error("the receiver of '{}' broke its rules", message.partition.name, failure);
    }
    locked(
        () -> {
          PartitionBacklog partition = message.partition;
          inFlight--;
          partition.inFlight--;
          if (partitions.get(partition.name) != partition) {
            end(message, State.GONE); // too late: whoever has the partition handles it again
          } else if (settlement == Settlement.ACKNOWLEDGE) {
            partition.handled(message);
            end(message, State.DONE);
          } else if (partition.draining) {
            end(message, State.GONE);
          } else {
            message.state = State.RESTING;
            message.failures++;
            message.readyAt = System.nanoTime() + pause.nanosAfter(message.failures);
            resting.add(message);
          }
          deliver();
          if (awaited) {
            progress.signalAll();
          }
        });
  }

  /** Ends a message, and lets the next one of its lane go on. */
  private void end(Message message, State state) {
    message.state = state;
    bytes -= message.bytes();
    if (message.lane == null) {
      return;
    }
    Message last = message;
    Message next = message.behind;
    while (next != null && next.state == State.GONE) {
      last = next;
      next = next.behind;
    }
    if (next == null) {
      tails.remove(message.lane, last);
    } else {
      ready(next);
    }
  }

  /** Delivers again what has rested long enough. */
  void wake() {
    locked(
        () -> {
          long now = System.nanoTime();
          for (Message first = resting.peek();
              first != null && first.readyAt - now <= 0;
              first = resting.peek()) {
            resting.remove();
            if (first.state == State.RESTING) {
              first.state = State.READY;
              first.partition.ready++;
              ready.addFirst(first);
            }
          }
          deliver();
        });
  }

  /** Delivers nothing from now on, or goes on. */
  void hold(boolean hold) {
    locked(
        () -> {
          held = hold;
          deliver();
          progress.signalAll();
        });
  }

  /** Delivers nothing more of these partitions; what is under way may be settled. */
  void drain(Collection<TopicPartition> names) {
    locked(
        () -> {
          for (TopicPartition name : names) {
            PartitionBacklog partition = partitions.get(name);
            if (partition != null) {
              partition.draining = true;
              discard(partition);
            }
          }
          ready.removeIf(message -> message.state == State.GONE);
          resting.removeIf(message -> message.state == State.GONE);
        });
  }

  /** Drops what nobody has begun. What is under way keeps its lane until it is settled. */
  private void discard(PartitionBacklog partition) {
    List<Message> heads = new ArrayList<>();
    for (Message message : partition.window) {
      switch (message.state) {
        case READY, RESTING -> heads.add(message);
        case WAITING -> {
          message.state = State.GONE;
          bytes -= message.bytes();
        }
        case IN_FLIGHT, DONE, GONE -> {}
      }
    }
    heads.forEach(head -> end(head, State.GONE));
    partition.ready = 0;
  }

  /** Waits until nothing of these partitions is under way; says no when the time is over. */
  boolean awaitSettled(Collection<TopicPartition> names, long nanos) throws InterruptedException {
    return await(() -> names.stream().allMatch(name -> underWay(name) == 0), nanos);
  }

  private int underWay(TopicPartition name) {
    PartitionBacklog partition = partitions.get(name);
    return partition == null ? 0 : partition.inFlight;
  }

  /** Waits until nothing at all is under way. */
  void awaitIdle(long nanos) throws InterruptedException {
    boolean unused = await(() -> inFlight == 0, nanos);
  }

  /** Waits until deliveries go on. */
  void awaitRelease(long nanos) throws InterruptedException {
    boolean unused = await(() -> !held, nanos);
  }

  /** Waits until a partition has room for more, or the time is over. */
  void awaitRoom(Collection<TopicPartition> names, long nanos) throws InterruptedException {
    boolean unused = await(() -> !names.stream().allMatch(this::isFull), nanos);
  }

  private boolean await(java.util.function.BooleanSupplier condition, long nanos)
      throws InterruptedException {
    lock.lock();
    try {
      awaited = true;
      long left = nanos;
      while (!condition.getAsBoolean()) {
        if (left <= 0) {
          return false;
        }
        left = progress.awaitNanos(left);
      }
      return true;
    } finally {
      awaited = false;
      lock.unlock();
    }
  }

  /** Gives partitions up; what is settled later counts no more. */
  void close(Collection<TopicPartition> names) {
    drain(names);
    locked(() -> partitions.keySet().removeAll(names));
  }

  /** Returns whether any message is with the receiver. */
  boolean isBusy() {
    lock.lock();
    try {
      return inFlight > 0;
    } finally {
      lock.unlock();
    }
  }

  /** Says whether no more of a partition is to be fetched for now. */
  boolean isFull(TopicPartition name) {
    lock.lock();
    try {
      PartitionBacklog partition = partitions.get(name);
      return partition == null
          || partition.draining
          || partition.ready >= Math.max(LEAST_AHEAD, 2 * maxInFlight)
          || partition.window.size() >= MOST_UNCOMMITTED
          || (bytes >= MOST_BYTES && partition.unhandled() > 0);
    } finally {
      lock.unlock();
    }
  }

  /** Returns how long it is until the next rested message, at most as long as given. */
  long nanosToNextWake(long atMost) {
    lock.lock();
    try {
      Message first = resting.peek();
      return first == null
          ? atMost
          : Math.max(0, Math.min(atMost, first.readyAt - System.nanoTime()));
    } finally {
      lock.unlock();
    }
  }

  /** Returns what is to be committed because it has changed. */
  Map<TopicPartition, OffsetAndMetadata> uncommitted() {
    lock.lock();
    try {
      Map<TopicPartition, OffsetAndMetadata> offsets = new HashMap<>();
      for (PartitionBacklog partition : partitions.values()) {
        long position = partition.position();
        HandledOffsets beyond = partition.handledBeyond();
        String metadata = beyond.metadata();
        if (position != partition.committed || !metadata.equals(partition.committedMetadata)) {
          offsets.put(partition.name, new OffsetAndMetadata(position, metadata));
        }
      }
      return offsets;
    } finally {
      lock.unlock();
    }
  }

  /** Remembers what the broker knows now. */
  void committed(Map<TopicPartition, OffsetAndMetadata> offsets) {
    locked(
        () ->
            offsets.forEach(
                (name, offset) -> {
                  PartitionBacklog partition = partitions.get(name);
                  if (partition != null) {
                    partition.committed = offset.offset();
                    partition.committedMetadata = offset.metadata();
                  }
                }));
  }

  /** Returns how many messages are fetched and not handled. */
  long unhandled() {
    lock.lock();
    try {
      return partitions.values().stream().mapToLong(PartitionBacklog::unhandled).sum();
    } finally {
      lock.unlock();
    }
  }

  /** Returns the offset of each partition that is fetched next. */
  Map<TopicPartition, Long> fetched() {
    lock.lock();
    try {
      Map<TopicPartition, Long> ends = new HashMap<>();
      partitions.forEach((name, partition) -> ends.put(name, partition.end()));
      return ends;
    } finally {
      lock.unlock();
    }
  }

  private void locked(Runnable change) {
    lock.lock();
    try {
      change.run();
    } finally {
      lock.unlock();
    }
  }
}
