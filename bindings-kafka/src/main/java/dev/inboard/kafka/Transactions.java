package dev.inboard.kafka;

import dev.inboard.common.ErrorCode;
import dev.inboard.common.InboardException;
import dev.inboard.spi.pubsub.OutboundMessage;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Supplier;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Publishes lists of messages, each whole or not at all. Lists that wait while a transaction is
 * under way share the next one; should it fail, each gets one of its own.
 *
 * <p>The producer is opened by the first list and replaced when a transaction could not be ended in
 * good order: the broker then takes back what was not committed.
 */
final class Transactions {
  private static final int MOST_LISTS_TOGETHER = 100;
  private static final int MOST_LISTS_WAITING = 10_000;

  private final KafkaPublisher publisher;
  private final Supplier<Producer<byte[], byte[]>> opening;
  private final Duration commitTimeout;
  private final Deque<Together> waiting = new ArrayDeque<>(); // guarded by this
  private boolean working; // guarded by this
  private boolean closed; // guarded by this
  private @Nullable Producer<byte[], byte[]> producer; // used by one worker at a time

  /** A list on its way, and the stage that its publisher waits for. */
  private static final class Together extends CompletableFuture<Void> {
    final List<OutboundMessage> messages;

    Together(List<OutboundMessage> messages) {
      this.messages = messages;
    }
  }

  /** Says that nobody knows whether a transaction was committed. */
  private static final class UnknownOutcome extends RuntimeException {
    private static final long serialVersionUID = 1;

    final RuntimeException failure;

    UnknownOutcome(RuntimeException failure) {
      super(failure);
      this.failure = failure;
    }
  }

  /**
   * Prepares; connects to nothing yet.
   *
   * @param opening makes a producer with a transactional id of its own
   * @param commitTimeout how long the broker may take to answer a commit
   */
  Transactions(
      KafkaPublisher publisher,
      Supplier<Producer<byte[], byte[]>> opening,
      Duration commitTimeout) {
    this.publisher = publisher;
    this.opening = opening;
    this.commitTimeout = commitTimeout;
  }

  CompletionStage<Void> publish(List<OutboundMessage> messages, ExecutorService threads) {
    Together list = new Together(List.copyOf(messages));
    synchronized (this) {
      if (closed) {
        return CompletableFuture.failedStage(publisher.cancelled(operation(list)));
      }
      if (waiting.size() >= MOST_LISTS_WAITING) {
        return CompletableFuture.failedStage(publisher.exhausted(operation(list)));
      }
      waiting.add(list);
      if (working) {
        return list;
      }
      working = true;
    }
    try {
      threads.execute(this::work);
    } catch (RejectedExecutionException e) { // closed meanwhile
      work();
    }
    return list;
  }

  private void work() {
    for (List<Together> lists = take(); !lists.isEmpty(); lists = take()) {
      publish(lists);
    }
  }

  private synchronized List<Together> take() {
    List<Together> lists = new ArrayList<>();
    while (!waiting.isEmpty() && lists.size() < MOST_LISTS_TOGETHER) {
      lists.add(waiting.remove());
    }
    working = !lists.isEmpty();
    return lists;
  }

  private void publish(List<Together> lists) {
    try {
      transact(lists);
      lists.forEach(list -> list.complete(null));
    } catch (UnknownOutcome e) {
      lists.forEach(list -> list.completeExceptionally(unknown(list, e)));
    } catch (RuntimeException | Error e) { // nothing was published; the next lists must go on
      if (lists.size() == 1) {
        Together list = lists.get(0);
        list.completeExceptionally(publisher.failure(operation(list), e));
      } else {
        lists.forEach(list -> publish(List.of(list)));
      }
    }
  }

  /** Publishes all or throws; what was sent is then taken back, unless the outcome is unknown. */
  private void transact(List<Together> lists) {
    lists.stream()
        .flatMap(list -> list.messages.stream())
        .map(OutboundMessage::topic)
        .distinct()
        .forEach(publisher::find);
    Producer<byte[], byte[]> current = producer();
    try {
      current.beginTransaction();
      send(current, lists);
    } catch (RuntimeException | Error e) {
      takeBack(current);
      throw e;
    }
    commit(current);
  }

  private Producer<byte[], byte[]> producer() {
    if (producer == null) {
      Producer<byte[], byte[]> opened = opening.get();
      try {
        opened.initTransactions();
      } catch (RuntimeException e) {
        opened.close(Duration.ZERO);
        throw e;
      }
      producer = opened;
    }
    return producer;
  }

  private void send(Producer<byte[], byte[]> current, List<Together> lists) {
    List<Future<RecordMetadata>> sent = new ArrayList<>();
    for (Together list : lists) {
      for (OutboundMessage message : list.messages) {
        sent.add(
            current.send(publisher.record(message.topic(), message.body(), message.metadata())));
      }
    }
    current.flush();
    for (Future<RecordMetadata> one : sent) {
      try {
        one.get();
      } catch (ExecutionException e) {
        throw e.getCause() instanceof RuntimeException cause ? cause : new KafkaException(e);
      } catch (InterruptedException e) {
        throw new org.apache.kafka.common.errors.InterruptException(e);
      }
    }
  }

  private void takeBack(Producer<byte[], byte[]> current) {
    try {
      current.abortTransaction();
    } catch (RuntimeException e) { // the broker takes it back when the transaction times out
      discard(current);
    }
  }

  private void commit(Producer<byte[], byte[]> current) {
    long start = System.nanoTime();
    while (true) {
      try {
        current.commitTransaction();
        return;
      } catch (TimeoutException e) { // the client lets one ask again
        if (System.nanoTime() - start > commitTimeout.toNanos()) {
          discard(current);
          throw new UnknownOutcome(e);
        }
      } catch (RuntimeException e) {
        discard(current);
        throw new UnknownOutcome(e);
      }
    }
  }

  private void discard(Producer<byte[], byte[]> current) {
    producer = null;
    current.close(Duration.ZERO);
  }

  private InboardException unknown(Together list, UnknownOutcome e) {
    RuntimeException cause = e.failure;
    return new InboardException(
        cause instanceof TimeoutException ? ErrorCode.TIMEOUT : ErrorCode.UNAVAILABLE,
        publisher.label(),
        operation(list),
        "the broker did not confirm the commit, so all of them may have been published, or none: "
            + cause.getMessage(),
        cause);
  }

  private static String operation(Together list) {
    return "publish " + list.messages.size() + " messages together";
  }

  /** Takes no more lists. Those that were accepted go on, on the threads they were given. */
  synchronized void stop() {
    closed = true;
  }

  /** Lets go of the producer; nothing is under way any more. */
  void close() {
    if (producer != null) {
      discard(producer);
    }
  }
}
