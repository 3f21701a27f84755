package dev.inboard.benchmarks.kafka;

import dev.inboard.Inboard;
import dev.inboard.benchmarks.Components;
import dev.inboard.benchmarks.Versus;
import dev.inboard.pubsub.AsyncPubSub;
import dev.inboard.pubsub.PubSub;
import dev.inboard.pubsub.PublishOptions;
import dev.inboard.test.server.KafkaBroker;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** Messages of 1 KB, acknowledged by every replica (of which there is one). */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
public class KafkaPublish {
  private static final int MESSAGES = 20_000;

  private final KafkaBroker broker =
      KafkaBroker.create(
          "log.retention.bytes=200000000",
          "log.segment.bytes=50000000",
          "log.retention.check.interval.ms=5000");
  private final byte[] data = new byte[1_000];
  private Inboard inboard;
  private PubSub bus;
  private AsyncPubSub async;
  private KafkaProducer<byte[], byte[]> producer;

  /** Starts a broker, and a producer of each kind. */
  @Setup
  public void open() {
    broker.start();
    RawKafka.createTopic(broker.address(), "orders", 3);
    inboard =
        Components.runtime(
                "bus", "pubsub.kafka", Map.of("brokers", broker.address(), "authType", "none"))
            .start();
    bus = inboard.pubSub("bus");
    async = bus.async();
    producer = RawKafka.producer(broker.address());
  }

  /** Ends them. */
  @TearDown
  public void close() {
    inboard.close();
    producer.close();
    broker.close();
  }

  /** Ours, many under way. */
  @Benchmark
  @OperationsPerInvocation(MESSAGES)
  @Versus(
      name = "pubsub.kafka publish, many under way",
      baseline = "clientAsync",
      baselineName = "kafka-clients, send with callback",
      target = 0.95)
  public void publishAsync() throws InterruptedException {
    CountDownLatch all = new CountDownLatch(MESSAGES);
    for (int i = 0; i < MESSAGES; i++) {
      CompletableFuture<Void> sent = async.publish("orders", data, PublishOptions.RAW);
      var unused = sent.thenRun(all::countDown);
    }
    all.await();
  }

  /** The client alone. */
  @Benchmark
  @OperationsPerInvocation(MESSAGES)
  public void clientAsync() throws InterruptedException {
    CountDownLatch all = new CountDownLatch(MESSAGES);
    for (int i = 0; i < MESSAGES; i++) {
      var unused =
          producer.send(
              new ProducerRecord<>("orders", data),
              (place, failure) -> {
                if (failure == null) {
                  all.countDown();
                }
              });
    }
    all.await();
  }

  /** Ours, one after the other. */
  @Benchmark
  @Versus(
      name = "pubsub.kafka publish, waiting for each",
      baseline = "client",
      baselineName = "kafka-clients, send().get()",
      target = 0.95)
  public void publish() {
    bus.publish("orders", data, PublishOptions.RAW);
  }

  /** The client alone. */
  @Benchmark
  public RecordMetadata client() throws ExecutionException, InterruptedException {
    return producer.send(new ProducerRecord<>("orders", data)).get();
  }
}
