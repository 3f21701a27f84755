package dev.inboard.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.inboard.common.ErrorCode;
import dev.inboard.common.InboardException;
import dev.inboard.spi.ComponentSpec;
import dev.inboard.spi.pubsub.OutboundMessage;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;

/**
 * Publishes without ever blocking its caller: what would have to wait (for a topic to be found, for
 * a place in the send buffer) takes a {@link TopicLine detour}. Safe for many threads.
 */
final class KafkaPublisher {
  private static final String KEY = "partitionKey";
  private static final String RAW_KEY = "__key";
  private static final String PARTITION = "partitionNumber";

  /** The client's buffer holds whole batches, so it is full before the messages fill it. */
  private static final long MOST_BYTES_UNSENT = ProducerOptions.BUFFER_BYTES / 2;

  private static final long MOST_BYTES_WAITING = 4 * ProducerOptions.BUFFER_BYTES;
  private static final Duration CLOSE_SLACK = Duration.ofSeconds(5);

  private final String label;
  private final Producer<byte[], byte[]> producer;
  private final HeaderRules headers;
  private final Duration deliveryTimeout;
  private final TopicCheck topicCheck;
  private final Map<String, TopicLine> lines = new ConcurrentHashMap<>();
  private final AtomicLong unsent = new AtomicLong(); // bytes the client has, unanswered
  private final AtomicLong waiting = new AtomicLong(); // bytes on a detour
  private final ExecutorService detours;
  private final Transactions transactions;
  private volatile boolean closed; // written by close()

  KafkaPublisher(ComponentSpec spec, TopicCheck topicCheck) {
    this.label = spec.label();
    this.producer = new KafkaProducer<>(ProducerOptions.properties(spec));
    this.headers = ConnectionOptions.headers(spec);
    this.deliveryTimeout = ProducerOptions.deliveryTimeout(spec);
    this.topicCheck = topicCheck;
    this.detours =
        new ThreadPoolExecutor(
            0,
            Integer.MAX_VALUE,
            1,
            TimeUnit.SECONDS,
            new SynchronousQueue<>(),
            task -> {
              Thread thread = new Thread(task, "inboard-" + spec.name() + "-publisher");
              thread.setDaemon(true);
              return thread;
            });
    this.transactions =
        new Transactions(
            this, () -> new KafkaProducer<>(ProducerOptions.transactional(spec)), deliveryTimeout);
  }

  /** Publishes messages together or not at all, in an order of their own. */
  CompletionStage<Void> publishTogether(List<OutboundMessage> messages) {
    return transactions.publish(messages, detours);
  }

  CompletionStage<Void> publish(String topic, byte[] body, Map<String, String> metadata) {
    Publishing message = new Publishing(this, topic, body, metadata);
    if (closed) {
      message.fail(cancelled(operation(topic)));
      return message;
    }
    TopicLine line = lines.get(topic);
    if (line == null) {
      line = lines.computeIfAbsent(topic, name -> new TopicLine(this, name));
    }
    if (line.isOpen() && unsent.get() < MOST_BYTES_UNSENT) {
      send(message);
    } else if (waiting.addAndGet(message.bytes()) > MOST_BYTES_WAITING) {
      waiting.addAndGet(-message.bytes());
      message.fail(exhausted(operation(topic)));
    } else {
      line.detour(message, detours);
    }
    return message;
  }

  /** Looks a topic up; blocks. */
  void find(String topic) {
    try {
      var unused = producer.partitionsFor(topic);
    } catch (org.apache.kafka.common.errors.TimeoutException e) {
      if (topicCheck.isMissing(topic)) {
        throw KafkaErrors.missingTopic(label, operation(topic), topic);
      }
      throw e;
    }
  }

  /** Hands a message to the client; may block when it comes from a detour. */
  void send(Publishing message) {
    unsent.addAndGet(message.bytes());
    try {
      var unused = producer.send(record(message.topic, message.body, message.metadata), message);
    } catch (RuntimeException e) {
      sent(message);
      message.fail(e);
    }
  }

  /** Forgets a message that the broker has, or will never have. */
  void sent(Publishing message) {
    unsent.addAndGet(-message.bytes());
  }

  void leftDetour(Publishing message) {
    waiting.addAndGet(-message.bytes());
  }

  /** Makes the record to send; may block where the topic is not known yet. */
  ProducerRecord<byte[], byte[]> record(String topic, byte[] body, Map<String, String> metadata) {
    byte[] value = Tombstone.is(body) ? null : body;
    if (metadata.isEmpty()) {
      return new ProducerRecord<>(topic, value);
    }
    byte[] key = key(metadata);
    return new ProducerRecord<>(
        topic,
        partition(topic, key, metadata.get(PARTITION)),
        null,
        key,
        value,
        headers.toHeaders(metadata));
  }

  private static byte @Nullable [] key(Map<String, String> metadata) {
    String key = metadata.get(KEY);
    if (key == null) {
      key = metadata.get(RAW_KEY);
    }
    return key == null ? null : key.getBytes(UTF_8);
  }

  /** Null: the client chooses, and fills one batch after the other. */
  private @Nullable Integer partition(
      String topic, byte @Nullable [] key, @Nullable String number) {
    if (number == null && key == null) {
      return null;
    }
    int partitions = producer.partitionsFor(topic).size();
    if (number == null) {
      return key == null ? null : Fnv1a.partition(key, partitions);
    }
    int wanted;
    try {
      wanted = Integer.parseInt(number);
    } catch (NumberFormatException e) {
      throw invalid(topic, number, "is no whole number");
    }
    if (wanted < 0 || wanted >= partitions) {
      throw invalid(topic, number, "is not between 0 and " + (partitions - 1));
    }
    return wanted;
  }

  private InboardException invalid(String topic, String number, String problem) {
    return new InboardException(
        ErrorCode.INVALID_ARGUMENT,
        label,
        operation(topic),
        PARTITION + " '" + number + "' " + problem);
  }

  InboardException error(String topic, Throwable failure) {
    return failure(operation(topic), failure);
  }

  InboardException failure(String operation, Throwable failure) {
    return closed && failure instanceof IllegalStateException
        ? cancelled(operation)
        : KafkaErrors.wrap(label, operation, failure);
  }

  InboardException cancelled(String operation) {
    return new InboardException(ErrorCode.CANCELLED, label, operation, "the component is closed");
  }

  InboardException exhausted(String operation) {
    return new InboardException(
        ErrorCode.EXHAUSTED,
        label,
        operation,
        "too many messages wait to be sent; wait for some before you publish more");
  }

  String label() {
    return label;
  }

  Duration deliveryTimeout() {
    return deliveryTimeout;
  }

  private static String operation(String topic) {
    return "publish to '" + topic + "'";
  }

  /** Sends what was accepted, or lets it fail, then closes. */
  void close() {
    closed = true;
    transactions.stop();
    detours.shutdown();
    Duration atMost = deliveryTimeout.plus(CLOSE_SLACK);
    try {
      if (!detours.awaitTermination(atMost.toMillis(), TimeUnit.MILLISECONDS)) {
        detours.shutdownNow();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    transactions.close();
    producer.close(Thread.currentThread().isInterrupted() ? Duration.ZERO : atMost);
  }
}
