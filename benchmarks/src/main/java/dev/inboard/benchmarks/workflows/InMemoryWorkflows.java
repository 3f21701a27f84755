package dev.inboard.benchmarks.workflows;

import dev.inboard.benchmarks.Limit;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Threads;

/** Five steps in memory: what the engine itself costs. */
@State(Scope.Benchmark)
public class InMemoryWorkflows {
  private FiveSteps ours;

  /** Opens the runtime. */
  @Setup
  public void open() {
    ours = FiveSteps.inMemory();
  }

  /** Closes it. */
  @TearDown
  public void close() {
    ours.close();
  }

  /** From 64 callers, each waiting for its result. */
  @Benchmark
  @Threads(64)
  @BenchmarkMode(Mode.Throughput)
  @OutputTimeUnit(TimeUnit.SECONDS)
  @Limit(
      name = "workflowbackend.in-memory 5 steps, 64 callers",
      limit = 50_000,
      unit = "workflows/s")
  public Object throughput() {
    return ours.run();
  }

  /** The same with activities, which other threads run. */
  @Benchmark
  @Threads(64)
  @BenchmarkMode(Mode.Throughput)
  @OutputTimeUnit(TimeUnit.SECONDS)
  @Limit(
      name = "workflowbackend.in-memory 5 activities, 64 callers",
      limit = 20_000,
      unit = "workflows/s")
  public Object activities() {
    return ours.runActivities();
  }

  /** From one caller. */
  @Benchmark
  @BenchmarkMode(Mode.AverageTime)
  @OutputTimeUnit(TimeUnit.MICROSECONDS)
  @Limit(name = "workflowbackend.in-memory 5 steps, one caller", limit = 300)
  public Object latency() {
    return ours.run();
  }
}
