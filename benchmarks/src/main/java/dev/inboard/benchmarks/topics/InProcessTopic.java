package dev.inboard.benchmarks.topics;

import dev.inboard.Inboard;
import dev.inboard.benchmarks.Components;
import dev.inboard.benchmarks.Limit;
import dev.inboard.benchmarks.Versus;
import dev.inboard.pubsub.AsyncPubSub;
import dev.inboard.pubsub.Outcome;
import dev.inboard.pubsub.PublishOptions;
import dev.inboard.pubsub.TopicSubscription;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** Small raw messages from publish through the handler to the acknowledgement. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
public class InProcessTopic {
  private static final int MESSAGES = 100_000;

  private final byte[] data = new byte[100];
  private final BlockingQueue<byte[]> queue = new LinkedBlockingQueue<>(1_000);
  private volatile CountDownLatch handled = new CountDownLatch(0);
  private Inboard inboard;
  private AsyncPubSub bus;
  private Thread consumer;

  /** Starts a runtime with one subscription, and a thread that takes from a queue. */
  @Setup
  public void open() {
    inboard =
        Components.runtime("bus", "pubsub.in-memory", Map.of())
            .subscribe(
                "bus",
                TopicSubscription.to(
                        "orders",
                        byte[].class,
                        event -> {
                          handled.countDown();
                          return Outcome.SUCCESS;
                        })
                    .withRawBodies())
            .start();
    bus = inboard.pubSub("bus").async();
    consumer = new Thread(this::consume, "queue consumer");
    consumer.setDaemon(true);
    consumer.start();
  }

  /** Ends both. */
  @TearDown
  public void close() {
    inboard.close();
    consumer.interrupt();
  }

  /** Ours. */
  @Benchmark
  @OperationsPerInvocation(MESSAGES)
  @Limit(name = "pubsub.in-memory raw messages", limit = 1_000_000, unit = "messages/s")
  @Versus(
      name = "pubsub.in-memory raw messages, beside a queue",
      baseline = "queue",
      baselineName = "LinkedBlockingQueue and a thread")
  public void publish() throws InterruptedException {
    CountDownLatch all = new CountDownLatch(MESSAGES);
    handled = all;
    CompletableFuture<Void> last = CompletableFuture.completedFuture(null);
    for (int i = 0; i < MESSAGES; i++) {
      last = bus.publish("orders", data, PublishOptions.RAW);
    }
    last.join();
    all.await();
  }

  /** The least that would move a message to another thread; it acknowledges nothing. */
  @Benchmark
  @OperationsPerInvocation(MESSAGES)
  public void queue() throws InterruptedException {
    CountDownLatch all = new CountDownLatch(MESSAGES);
    handled = all;
    for (int i = 0; i < MESSAGES; i++) {
      queue.put(data);
    }
    all.await();
  }

  private void consume() {
    try {
      while (true) {
        queue.take();
        handled.countDown();
      }
    } catch (InterruptedException end) {
      Thread.currentThread().interrupt();
    }
  }
}
