package dev.inboard.benchmarks.redis;

import dev.inboard.Inboard;
import dev.inboard.benchmarks.Components;
import dev.inboard.benchmarks.Limit;
import dev.inboard.test.server.RedisServer;
import dev.inboard.workflow.StartOptions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
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
  private Inboard inboard;

  /** Starts a server and a node. */
  @Setup
  public void open() {
    server.start();
    inboard =
        Components.runtime("flows", "workflowbackend.redis", Map.of("redisHost", server.address()))
            .workflow(
                "five",
                Integer.class,
                (context, n) -> {
                  int sum = n;
                  for (int step = 0; step < 5; step++) {
                    sum = context.call("add", sum, Integer.class).await();
                  }
                  return sum;
                })
            .activity("add", Integer.class, (context, n) -> n + 1)
            .start();
  }

  /** Closes the node, then the server. */
  @TearDown
  public void close() {
    inboard.close();
    server.close();
  }

  /** Starts many and waits for all. */
  @Benchmark
  @OperationsPerInvocation(AT_A_TIME)
  @Limit(name = "workflowbackend.redis, workflows of five steps", limit = 4_000)
  public void run() {
    List<CompletableFuture<@Nullable Integer>> all = new ArrayList<>();
    for (int n = 0; n < AT_A_TIME; n++) {
      all.add(
          inboard
              .workflows()
              .startAsync("five", n, StartOptions.DEFAULT)
              .thenCompose(run -> run.result(Integer.class)));
    }
    all.forEach(CompletableFuture::join);
  }
}
