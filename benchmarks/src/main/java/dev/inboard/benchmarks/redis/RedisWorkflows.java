package dev.inboard.benchmarks.redis;

import dev.inboard.benchmarks.Limit;
import dev.inboard.benchmarks.workflows.FiveSteps;
import dev.inboard.test.server.RedisServer;
import java.util.Map;
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

/** Workflows of five steps, 500 at a time, on one node; the server flushes every second. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
public class RedisWorkflows {
  private static final int AT_A_TIME = 500;

  private final RedisServer server = RedisServer.create("appendfsync everysec");
  private FiveSteps ours;

  /** Starts a server and a node. */
  @Setup
  public void open() {
    server.start();
    ours = new FiveSteps("workflowbackend.redis", Map.of("redisHost", server.address()));
  }

  /** Closes the node, then the server. */
  @TearDown
  public void close() {
    ours.close();
    server.close();
  }

  /** Starts many and waits for all. */
  @Benchmark
  @OperationsPerInvocation(AT_A_TIME)
  @Limit(name = "workflowbackend.redis, workflows of five steps", limit = 4_000)
  public void run() {
    ours.runTogether(AT_A_TIME);
  }
}
