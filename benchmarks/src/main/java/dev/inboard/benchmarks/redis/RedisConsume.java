package dev.inboard.benchmarks.redis;

import static dev.inboard.benchmarks.Arrivals.MESSAGES;
import static dev.inboard.benchmarks.Arrivals.WINDOW;

import dev.inboard.Inboard;
import dev.inboard.benchmarks.Arrivals;
import dev.inboard.benchmarks.Components;
import dev.inboard.benchmarks.Versus;
import dev.inboard.pubsub.Subscription;
import dev.inboard.test.server.RedisServer;
import io.lettuce.core.StreamMessage;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
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

/** A full stream is emptied, every message acknowledged. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
public class RedisConsume {
  private static final String STREAM = "orders";
  private static final String GROUP = "raw";

  private final RedisServer server = RedisServer.create();
  private final Arrivals arrivals = new Arrivals();
  private Inboard inboard;
  private Subscription subscription;
  private RawRedis raw;

  /** Starts a server and connects both; each is a group of its own on the same stream. */
  @Setup
  public void open() {
    server.start();
    raw = new RawRedis(server.uri());
    raw.createGroup(STREAM, GROUP);
    inboard =
        Components.runtime(
                "bus",
                "pubsub.redis",
                Map.of("redisHost", server.address(), "queueDepth", String.valueOf(WINDOW)))
            .start();
    subscription = inboard.pubSub("bus").subscribe(arrivals.subscription(STREAM));
  }

  /** Holds ours still and fills the stream; not measured. */
  @Setup(Level.Invocation)
  public void fill() {
    subscription.pause();
    server.command("XTRIM " + STREAM + " MAXLEN 0");
    List<CompletableFuture<String>> added = new ArrayList<>(MESSAGES);
    for (int n = 0; n < MESSAGES; n++) {
      added.add(raw.add(STREAM, Map.of("data", arrivals.body())).toCompletableFuture());
    }
    added.forEach(CompletableFuture::join);
    arrivals.expectAll();
  }

  /** Closes both, then the server. */
  @TearDown
  public void close() {
    inboard.close();
    raw.close();
    server.close();
  }

  /** Ours. */
  @Benchmark
  @OperationsPerInvocation(MESSAGES)
  @Versus(
      name = "pubsub.redis consume, no-op handler",
      baseline = "rawConsume",
      baselineName = "lettuce, XREADGROUP of 100 and XACK",
      target = 0.9)
  public void consume() throws InterruptedException {
    subscription.resume();
    arrivals.awaitAll();
  }

  /** Lettuce: reads a window, acknowledges each message of it, and waits for these answers. */
  @Benchmark
  @OperationsPerInvocation(MESSAGES)
  public void rawConsume() {
    for (int left = MESSAGES; left > 0; ) {
      List<StreamMessage<String, byte[]>> window = raw.read(STREAM, GROUP, WINDOW);
      List<CompletableFuture<Long>> acknowledged = new ArrayList<>(window.size());
      for (StreamMessage<String, byte[]> message : window) {
        acknowledged.add(raw.acknowledge(STREAM, GROUP, message.getId()).toCompletableFuture());
        arrivals.arrived();
      }
      acknowledged.forEach(CompletableFuture::join);
      left -= window.size();
    }
  }
}
