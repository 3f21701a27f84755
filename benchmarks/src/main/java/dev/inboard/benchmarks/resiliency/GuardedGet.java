package dev.inboard.benchmarks.resiliency;

import dev.inboard.Inboard;
import dev.inboard.benchmarks.Components;
import dev.inboard.benchmarks.Limit;
import dev.inboard.state.StateEntry;
import dev.inboard.state.StateStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** Reads an entry in memory with and without timeout, retry and circuit breaker around the call. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class GuardedGet {
  private static final String POLICIES =
      """
      apiVersion: dapr.io/v1alpha1
      kind: Resiliency
      metadata: {name: bench}
      spec:
        policies:
          timeouts: {general: 1s}
          retries: {general: {duration: 10ms, maxRetries: 3}}
          circuitBreakers: {general: {trip: consecutiveFailures > 5}}
        targets:
          components:
            state: {outbound: {timeout: general, retry: general, circuitBreaker: general}}
      """;

  private Inboard guarded;
  private Inboard plain;
  private StateStore guardedStore;
  private StateStore plainStore;

  /** Starts a runtime with policies and one without. */
  @Setup
  public void open() throws IOException {
    Path policies = Files.writeString(Components.folder().resolve("policies.yaml"), POLICIES);
    guarded = Components.runtime("state", "state.in-memory", Map.of()).resources(policies).start();
    plain = Components.runtime("state", "state.in-memory", Map.of()).start();
    guardedStore = guarded.stateStore("state");
    plainStore = plain.stateStore("state");
    guardedStore.save("order-17", new byte[100]);
    plainStore.save("order-17", new byte[100]);
  }

  /** Closes both. */
  @TearDown
  public void close() {
    guarded.close();
    plain.close();
  }

  /** With policies. */
  @Benchmark
  @Limit(
      name = "state.in-memory get, share of timeout, retry and circuit breaker",
      minus = "getWithoutPolicy",
      limit = 1_000,
      unit = "ns/op")
  public Optional<StateEntry<byte[]>> getUnderPolicy() {
    return guardedStore.get("order-17", byte[].class);
  }

  /** Without. */
  @Benchmark
  public Optional<StateEntry<byte[]>> getWithoutPolicy() {
    return plainStore.get("order-17", byte[].class);
  }
}
