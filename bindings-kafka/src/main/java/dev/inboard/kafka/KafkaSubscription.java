package dev.inboard.kafka;

import dev.inboard.common.ErrorCode;
import dev.inboard.common.InboardException;
import dev.inboard.spi.pubsub.DriverSubscription;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InconsistentGroupProtocolException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.RebalanceInProgressException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.WakeupException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One member of a consumer group, with a thread of its own that never waits for a handler: it
 * fetches, answers the group, and commits what the {@link Backlog} says is handled.
 */
final class KafkaSubscription implements DriverSubscription {
  private static final Logger LOG = LoggerFactory.getLogger(KafkaSubscription.class);
  private static final Duration COMMIT_INTERVAL = Duration.ofMillis(200);
  private static final Duration PARTLY_FULL_POLL = Duration.ofMillis(10);
  private static final Duration FULL_WAIT = Duration.ofMillis(50);
  private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(5);
  private static final Duration LOOK_INTERVAL = Duration.ofSeconds(5);
  private static final Duration LOOK_TIMEOUT = Duration.ofSeconds(1);
  private static final Duration LONGEST_BACK_OFF = Duration.ofSeconds(10);

  private final String label;
  private final List<String> topics;
  private final KafkaConsumers consumers;
  private final Backlog backlog;
  private final Thread thread;
  private final CompletableFuture<KafkaSubscription> standing = new CompletableFuture<>();
  private final CompletableFuture<Void> ended = new CompletableFuture<>();
  private final CountDownLatch end = new CountDownLatch(1); // counted down: give everything up
  private volatile boolean paused;
  private volatile boolean stopping; // set once
  private volatile @Nullable KafkaConsumer<byte[], byte[]> consumer; // written by the thread
  private volatile long lag = -1; // written by the thread; -1: not known yet

  // Touched by the thread alone.
  private final Set<TopicPartition> assigned = new HashSet<>();
  private final Map<TopicPartition, Long> newest = new HashMap<>(); // where partitions end
  private long nextLook = System.nanoTime();
  private StartOffsets startOffsets;
  private boolean committing;
  private long nextCommit = System.nanoTime();
  private int failures;

  KafkaSubscription(String label, List<String> topics, KafkaConsumers consumers, Backlog backlog) {
    this.label = label;
    this.topics = topics;
    this.consumers = consumers;
    this.backlog = backlog;
    this.startOffsets = StartOffsets.first(consumers.options().fromOldest());
    this.thread = new Thread(this::run, "inboard-" + label + "-" + String.join(",", topics));
    thread.setDaemon(true);
  }

  /** Begins; completes when the subscription stands. */
  CompletionStage<KafkaSubscription> start() {
    thread.start();
    return standing;
  }

  @Override
  public void pause() {
    paused = true;
    backlog.hold(true);
  }

  @Override
  public void resume() {
    paused = false;
    if (!stopping) {
      backlog.hold(false);
    }
  }

  @Override
  public OptionalLong lag() {
    long current = lag;
    return current < 0 ? OptionalLong.empty() : OptionalLong.of(current);
  }

  @Override
  public CompletionStage<Void> stop() {
    stopping = true;
    backlog.hold(true);
    return ended();
  }

  /** Stops without waiting for messages that are not settled; the group keeps them. */
  CompletionStage<Void> end() {
    var unused = stop();
    end.countDown();
    KafkaConsumer<byte[], byte[]> current = consumer;
    if (current != null) {
      current.wakeup();
    }
    return ended();
  }

  /** Completes when the subscription has stopped or ended. */
  CompletionStage<Void> ended() {
    return ended.minimalCompletionStage();
  }

  private boolean isGivenUp() {
    return end.getCount() == 0;
  }

  /** Says whether nothing is left to wait for. */
  private boolean isOver() {
    return isGivenUp() || (stopping && !backlog.isBusy());
  }

  private void run() {
    while (!isOver()) {
      try {
        consume();
      } catch (WakeupException e) {
        LOG.debug("{}: woken up to end", label);
      } catch (RuntimeException e) {
        if (!recover(e)) {
          break;
        }
      }
    }
    ended.complete(null);
    standing.completeExceptionally(
        new InboardException(
            ErrorCode.CANCELLED, label, operation(), "it was stopped before it stood"));
  }

  /** Joins the group and serves it until the end. */
  private void consume() {
    KafkaConsumer<byte[], byte[]> joined = consumers.create(topics);
    consumer = joined;
    committing = false;
    try {
      consumers.requireTopics(joined, topics);
      joined.subscribe(topics, new Partitions(joined));
      try {
        while (!isOver()) {
          serve(joined);
        }
      } catch (WakeupException e) {
        LOG.debug("{}: woken up to end", label);
      }
      commitLast(joined);
    } finally {
      consumer = null;
      backlog.close(List.copyOf(assigned));
      assigned.clear();
      joined.close(CloseOptions.timeout(CLOSE_TIMEOUT));
    }
  }

  private void serve(KafkaConsumer<byte[], byte[]> joined) {
    backlog.wake();
    ConsumerRecords<byte[], byte[]> records;
    try {
      records = joined.poll(throttle(joined));
    } catch (OffsetOutOfRangeException e) {
      restart(joined, e.offsetOutOfRangePartitions());
      return;
    }
    failures = 0;
    records
        .nextOffsets()
        .forEach(
            (partition, next) -> backlog.add(partition, records.records(partition), next.offset()));
    if (nextCommit - System.nanoTime() <= 0) {
      nextCommit = System.nanoTime() + COMMIT_INTERVAL.toNanos();
      commit(joined);
      measure(joined);
    }
  }

  /** The broker has deleted, or lost, what was to be fetched next. */
  private void restart(KafkaConsumer<byte[], byte[]> joined, Map<TopicPartition, Long> outOfRange) {
    Map<TopicPartition, Long> oldest = joined.beginningOffsets(outOfRange.keySet());
    Map<TopicPartition, Long> newest = joined.endOffsets(outOfRange.keySet());
    outOfRange.forEach(
        (partition, wanted) -> {
          long first = oldest.getOrDefault(partition, 0L);
          long offset = wanted < first ? first : newest.getOrDefault(partition, first);
          LOG.error(
              "{}: {} has no offset {} any more, {}; going on at {}",
              label,
              partition,
              wanted,
              wanted < first
                  ? (first - wanted) + " messages were deleted before they were handled"
                  : "the broker has lost its newest messages",
              offset);
          joined.seek(partition, offset);
          backlog.restart(partition, offset);
        });
  }

  /** Stops and resumes fetching as there is room; returns how long to wait for messages. */
  private Duration throttle(KafkaConsumer<byte[], byte[]> joined) {
    Set<TopicPartition> before = joined.paused();
    List<TopicPartition> full = new ArrayList<>();
    List<TopicPartition> free = new ArrayList<>();
    for (TopicPartition partition : assigned) {
      boolean stop = paused || stopping || backlog.isFull(partition);
      if (stop) {
        full.add(partition);
      } else if (before.contains(partition)) {
        free.add(partition);
      }
    }
    if (!before.containsAll(full)) {
      joined.pause(full);
    }
    if (!free.isEmpty()) {
      joined.resume(free);
    }
    long wait = backlog.nanosToNextWake(COMMIT_INTERVAL.toNanos());
    if (full.isEmpty()) {
      return Duration.ofNanos(wait);
    }
    if (full.size() < assigned.size()) {
      return Duration.ofNanos(Math.min(wait, PARTLY_FULL_POLL.toNanos()));
    }
    awaitRoom(full, Math.min(wait, FULL_WAIT.toNanos()));
    return Duration.ZERO;
  }

  private void awaitRoom(List<TopicPartition> full, long nanos) {
    try {
      if (stopping) {
        backlog.awaitIdle(nanos);
      } else if (paused) {
        backlog.awaitRelease(nanos);
      } else {
        backlog.awaitRoom(full, nanos);
      }
    } catch (InterruptedException e) {
      throw new InterruptException(e);
    }
  }

  private void commit(KafkaConsumer<byte[], byte[]> joined) {
    Map<TopicPartition, OffsetAndMetadata> offsets = backlog.uncommitted();
    if (committing || offsets.isEmpty()) {
      return;
    }
    committing = true;
    joined.commitAsync(
        offsets,
        (committed, failure) -> {
          committing = false;
          if (failure == null) {
            backlog.committed(committed);
          } else {
            LOG.debug("{}: a commit failed and is repeated", label, failure);
          }
        });
  }

  /**
   * Commits what is handled of some partitions; what fails here is delivered again elsewhere.
   *
   * @return false when it is to be tried again
   */
  private boolean commitNow(
      KafkaConsumer<byte[], byte[]> joined, Collection<TopicPartition> partitions) {
    Map<TopicPartition, OffsetAndMetadata> offsets = backlog.uncommitted();
    offsets.keySet().retainAll(Set.copyOf(partitions));
    if (offsets.isEmpty()) {
      return true;
    }
    try {
      joined.commitSync(offsets, CLOSE_TIMEOUT);
      backlog.committed(offsets);
      return true;
    } catch (WakeupException e) {
      return commitNow(joined, partitions); // it was meant for a wait, not for this
    } catch (RebalanceInProgressException e) {
      return false;
    } catch (RuntimeException e) {
      LOG.warn(
          "{}: what was handled of {} could not be committed; some of it will be delivered again:"
              + " {}",
          label,
          offsets.keySet(),
          e.toString());
      return true;
    }
  }

  /** Commits before leaving; while the group rebalances, it takes no commits. */
  private void commitLast(KafkaConsumer<byte[], byte[]> joined) {
    long deadline = System.nanoTime() + CLOSE_TIMEOUT.toNanos();
    while (!commitNow(joined, assigned) && System.nanoTime() - deadline < 0) {
      serve(joined);
    }
  }

  private void measure(KafkaConsumer<byte[], byte[]> joined) {
    Map<TopicPartition, Long> fetched = backlog.fetched();
    if (System.nanoTime() - nextLook >= 0 && !joined.paused().isEmpty()) {
      nextLook = System.nanoTime() + LOOK_INTERVAL.toNanos();
      look(joined, joined.paused());
    }
    long sum = backlog.unhandled();
    for (TopicPartition partition : assigned) {
      long next = fetched.getOrDefault(partition, 0L);
      OptionalLong unfetched = joined.currentLag(partition);
      if (unfetched.isPresent()) {
        newest.merge(partition, next + unfetched.getAsLong(), Math::max);
      }
      sum += Math.max(0, newest.getOrDefault(partition, 0L) - next);
    }
    lag = sum;
  }

  /** Asks where partitions end; of those that are not fetched from, one hears nothing else. */
  private void look(KafkaConsumer<byte[], byte[]> joined, Collection<TopicPartition> partitions) {
    try {
      newest.putAll(joined.endOffsets(partitions, LOOK_TIMEOUT));
    } catch (TimeoutException e) {
      LOG.debug("{}: the lag is not known at the moment", label, e);
    }
  }

  private String operation() {
    return "subscribe to '" + String.join(",", topics) + "'";
  }

  /** Prepares for another attempt; says no when there is none. */
  private boolean recover(RuntimeException failure) {
    if (isGivenUp()) {
      return false;
    }
    if (failure instanceof InconsistentGroupProtocolException && consumers.fallBack()) {
      LOG.warn(
          "{}: the group {} has members that do not rebalance cooperatively; joining as they do",
          label,
          consumers.options().group());
      return true;
    }
    if (!standing.isDone()) {
      standing.completeExceptionally(KafkaErrors.wrap(label, operation(), failure));
      return false;
    }
    failures++;
    LOG.error(
        "{}: consuming {} failed; it begins again where it was, for as long as it takes",
        label,
        topics,
        failure);
    long millis = Math.min(LONGEST_BACK_OFF.toMillis(), 500L << Math.min(failures, 10));
    try {
      return !end.await(millis, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      return false;
    }
  }

  /** What the group tells this member. Called by the thread, within poll and close. */
  private final class Partitions implements ConsumerRebalanceListener {
    private final KafkaConsumer<byte[], byte[]> joined;

    Partitions(KafkaConsumer<byte[], byte[]> joined) {
      this.joined = joined;
    }

    @Override
    public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
      if (!partitions.isEmpty()) {
        begin(Set.copyOf(partitions));
      }
      startOffsets = StartOffsets.later(startOffsets);
      standing.completeAsync(() -> KafkaSubscription.this);
    }

    private void begin(Set<TopicPartition> partitions) {
      Map<TopicPartition, OffsetAndMetadata> committed = known(joined.committed(partitions));
      Set<TopicPartition> fresh = new HashSet<>(partitions);
      fresh.removeAll(committed.keySet());
      Map<TopicPartition, OffsetAndMetadata> starts = startOffsets.of(joined, fresh);
      if (!starts.isEmpty()) {
        joined.commitSync(starts);
      }
      committed.putAll(starts);
      committed.forEach(
          (name, offset) -> {
            joined.seek(name, offset);
            backlog.open(new PartitionBacklog(name, offset));
            assigned.add(name);
          });
      look(joined, partitions);
      measure(joined);
    }

    private Map<TopicPartition, OffsetAndMetadata> known(
        Map<TopicPartition, OffsetAndMetadata> committed) {
      Map<TopicPartition, OffsetAndMetadata> known = new HashMap<>(committed);
      known.values().removeIf(java.util.Objects::isNull);
      return known;
    }

    @Override
    public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
      backlog.drain(partitions);
      try {
        if (!isGivenUp()
            && !backlog.awaitSettled(partitions, consumers.options().drainTimeout().toNanos())) {
          LOG.warn(
              "{}: handlers are not done with {} after {}; another member handles those messages"
                  + " again",
              label,
              partitions,
              consumers.options().drainTimeout());
        }
      } catch (InterruptedException e) {
        throw new InterruptException(e);
      }
      var unused = commitNow(joined, partitions);
      onPartitionsLost(partitions);
    }

    @Override
    public void onPartitionsLost(Collection<TopicPartition> partitions) {
      backlog.close(partitions);
      assigned.removeAll(partitions);
      newest.keySet().removeAll(partitions);
    }
  }
}
