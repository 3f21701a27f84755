package dev.inboard.benchmarks.kafka;

import dev.inboard.Inboard;
import dev.inboard.benchmarks.Components;
import dev.inboard.benchmarks.Versus;
import dev.inboard.pubsub.Outcome;
import dev.inboard.pubsub.Subscription;
import dev.inboard.pubsub.TopicSubscription;
import dev.inboard.test.server.KafkaBroker;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * Messages of 1 KB with 64 keys that wait at the broker, through a handler to the commit.
 *
 * <p>Both sides are members of their group already, and hold still while the messages are
 * published.
 */
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
public class KafkaConsume {
  private static final int QUICK = 200_000;
  private static final int SLOW = 12_800;
  private static final int ONE_AT_A_TIME = 400;
  private static final int KEYS = 64;
  private static final int HANDLER_MILLIS = 5;
  private static final int PARTITIONS = 6;

  /** A broker, a topic and both consumers. */
  @State(Scope.Benchmark)
  public abstract static class Topic {
    private final KafkaBroker broker =
        KafkaBroker.create(
            "log.retention.bytes=300000000",
            "log.segment.bytes=50000000",
            "log.retention.check.interval.ms=5000");
    private final int messages;
    private final int handlerMillis;
    private final int concurrency;
    private KafkaProducer<byte[], byte[]> producer;
    private Inboard inboard;
    private Subscription subscription;
    private KafkaConsumer<byte[], byte[]> consumer;
    private List<TopicPartition> partitions;
    private volatile CountDownLatch handled = new CountDownLatch(0);

    Topic(int messages, int handlerMillis, int concurrency) {
      this.messages = messages;
      this.handlerMillis = handlerMillis;
      this.concurrency = concurrency;
    }

    /** Starts everything. */
    @Setup
    public void open() {
      broker.start();
      RawKafka.createTopic(broker.address(), "orders", PARTITIONS);
      producer = RawKafka.producer(broker.address());
      inboard =
          Components.runtime(
                  "bus", "pubsub.kafka", Map.of("brokers", broker.address(), "authType", "none"))
              .start();
      subscription =
          inboard
              .pubSub("bus")
              .subscribe(
                  TopicSubscription.to("orders", byte[].class, event -> handle())
                      .withConcurrency(concurrency)
                      .withRawBodies());
      consumer = RawKafka.consumer(broker.address(), "raw");
      partitions =
          consumer.partitionsFor("orders").stream()
              .map(info -> new TopicPartition("orders", info.partition()))
              .toList();
      consumer.assign(partitions);
    }

    /** Holds ours still and publishes. */
    @Setup(Level.Invocation)
    public void publish() {
      subscription.pause();
      consumer.seekToEnd(partitions);
      partitions.forEach(consumer::position);
      handled = new CountDownLatch(messages);
      byte[] data = new byte[1_000];
      for (int i = 0; i < messages; i++) {
        byte[] key = ("key-" + i % KEYS).getBytes(StandardCharsets.UTF_8);
        var unused = producer.send(new ProducerRecord<>("orders", key, data));
      }
      producer.flush();
    }

    /** Lets ours catch up, so that it does not disturb the client's turn. */
    @TearDown(Level.Invocation)
    public void drain() throws InterruptedException {
      subscription.resume();
      if (handlerMillis == 0) {
        handled.await();
      }
    }

    /** Ends everything. */
    @TearDown
    public void close() {
      inboard.close();
      consumer.close();
      producer.close();
      broker.close();
    }

    private Outcome handle() throws InterruptedException {
      if (handlerMillis > 0) {
        Thread.sleep(handlerMillis);
      }
      handled.countDown();
      return Outcome.SUCCESS;
    }

    void ours() throws InterruptedException {
      subscription.resume();
      handled.await();
    }

    /** The loop that everybody writes, which never has more than one message in its hands. */
    void pollLoop(int count) throws InterruptedException {
      int left = count;
      while (left > 0) {
        ConsumerRecords<byte[], byte[]> records = consumer.poll(Duration.ofSeconds(1));
        for (ConsumerRecord<byte[], byte[]> record : records) {
          if (handlerMillis > 0) {
            Thread.sleep(handlerMillis);
          }
          left -= record.value() == null ? 0 : 1;
          if (left == 0) {
            break;
          }
        }
        consumer.commitAsync();
      }
    }
  }

  /** A handler that does nothing. */
  public static class NoOp extends Topic {
    /** For JMH. */
    public NoOp() {
      super(QUICK, 0, 16);
    }
  }

  /** A handler that takes 5 ms. */
  public static class Slow extends Topic {
    /** For JMH. */
    public Slow() {
      super(SLOW, HANDLER_MILLIS, 32);
    }
  }

  /** Ours, with the default concurrency. */
  @Benchmark
  @OperationsPerInvocation(QUICK)
  @Versus(
      name = "pubsub.kafka consume, handler without work",
      baseline = "clientNoOp",
      baselineName = "kafka-clients, poll loop in one thread",
      target = 0.9)
  public void noOp(NoOp topic) throws InterruptedException {
    topic.ours();
  }

  /** The client alone. */
  @Benchmark
  @OperationsPerInvocation(QUICK)
  public void clientNoOp(NoOp topic) throws InterruptedException {
    topic.pollLoop(QUICK);
  }

  /** Ours, with 32 at a time and the order of each key. */
  @Benchmark
  @OperationsPerInvocation(SLOW)
  @Versus(
      name = "pubsub.kafka consume, handler of 5 ms, 64 keys, concurrency 32",
      baseline = "oneAtATime",
      baselineName = "kafka-clients, one message at a time",
      target = 20)
  public void slow(Slow topic) throws InterruptedException {
    topic.ours();
  }

  /** The client alone. */
  @Benchmark
  @OperationsPerInvocation(ONE_AT_A_TIME)
  public void oneAtATime(Slow topic) throws InterruptedException {
    topic.pollLoop(ONE_AT_A_TIME);
  }
}
