package dev.inboard.benchmarks.telemetry;

import dev.inboard.Inboard;
import dev.inboard.benchmarks.Components;
import dev.inboard.benchmarks.Turns;
import dev.inboard.benchmarks.Versus;
import dev.inboard.opentelemetry.OpenTelemetryProvider;
import dev.inboard.state.StateStore;
import dev.inboard.test.server.RedisServer;
import io.opentelemetry.sdk.OpenTelemetrySdk;
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
import org.openjdk.jmh.infra.Blackhole;

/** Reads 256 bytes from Redis, with and without a listener. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class ListenedRedis {
  private static final int CALLS = 20;

  private final RedisServer server = RedisServer.create();
  private OpenTelemetrySdk sdk;
  private Inboard unheard;
  private Inboard listened;
  private StateStore store;
  private StateStore listenedStore;

  /** Starts a server and connects both. */
  @Setup
  public void open() {
    server.start();
    sdk = Sdk.open();
    unheard =
        Components.runtime("state", "state.redis", Map.of("redisHost", server.address())).start();
    listened =
        Components.runtime("state", "state.redis", Map.of("redisHost", server.address()))
            .telemetry(OpenTelemetryProvider.of(sdk))
            .start();
    store = unheard.stateStore("state");
    listenedStore = listened.stateStore("state");
    store.save("one", new byte[256]);
  }

  /** Closes both, then the server. */
  @TearDown
  public void close() {
    unheard.close();
    listened.close();
    sdk.close();
    server.close();
  }

  /** OpenTelemetry listens, nobody listens, in turns. */
  @Benchmark
  @OperationsPerInvocation(2 * CALLS)
  @Versus(
      name = "telemetry on: state.redis get, 1 thread",
      metric = "ours",
      baseline = "inTurns",
      baselineMetric = "baseline",
      baselineName = "nobody listens, in turns",
      unit = "us for a call, summed over the iterations",
      target = 0.97)
  public void inTurns(Turns turns, Blackhole hole) {
    turns.measure(
        CALLS,
        () -> hole.consume(listenedStore.get("one", byte[].class)),
        () -> hole.consume(store.get("one", byte[].class)));
  }
}
