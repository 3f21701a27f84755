package dev.inboard.benchmarks.redis;

import dev.inboard.Inboard;
import dev.inboard.benchmarks.Components;
import dev.inboard.benchmarks.Versus;
import dev.inboard.pubsub.PubSub;
import dev.inboard.pubsub.PublishOptions;
import dev.inboard.test.server.RedisServer;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** Publishes 256 bytes to a stream. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
public class RedisTopic {
  private final RedisServer server = RedisServer.create();
  private final byte[] body = new byte[256];
  private Inboard inboard;
  private PubSub topic;
  private RawRedis raw;

  /** Starts a server and connects both. */
  @Setup
  public void open() {
    server.start();
    inboard =
        Components.runtime("bus", "pubsub.redis", Map.of("redisHost", server.address())).start();
    topic = inboard.pubSub("bus");
    raw = new RawRedis(server.uri());
  }

  /** Closes both, then the server. */
  @TearDown
  public void close() {
    inboard.close();
    raw.close();
    server.close();
  }

  /** Ours, bytes without an envelope, as the raw client sends them. */
  @Benchmark
  @Versus(
      name = "pubsub.redis publish",
      baseline = "publishRaw",
      baselineName = "lettuce, XADD",
      target = 0.95)
  public void publish() {
    topic.publish("orders", body, PublishOptions.RAW);
  }

  /** Lettuce. */
  @Benchmark
  public String publishRaw() {
    return raw.add("raw", Map.of("data", body)).toCompletableFuture().join();
  }
}
