package dev.inboard.benchmarks.telemetry;

import dev.inboard.Inboard;
import dev.inboard.benchmarks.Components;
import dev.inboard.benchmarks.Limit;
import dev.inboard.opentelemetry.OpenTelemetryProvider;
import dev.inboard.state.StateEntry;
import dev.inboard.state.StateStore;
import io.opentelemetry.sdk.OpenTelemetrySdk;
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

/** Reads 100 bytes from memory, with and without a listener. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class ListenedCall {
  private OpenTelemetrySdk sdk;
  private Inboard unheard;
  private Inboard listened;
  private StateStore store;
  private StateStore listenedStore;

  /** Starts both. */
  @Setup
  public void open() {
    sdk = Sdk.open();
    unheard = Components.runtime("state", "state.in-memory", Map.of()).start();
    listened =
        Components.runtime("state", "state.in-memory", Map.of())
            .telemetry(OpenTelemetryProvider.of(sdk))
            .start();
    store = unheard.stateStore("state");
    listenedStore = listened.stateStore("state");
    store.save("order-17", new byte[100]);
    listenedStore.save("order-17", new byte[100]);
  }

  /** Closes both. */
  @TearDown
  public void close() {
    unheard.close();
    listened.close();
    sdk.close();
  }

  /** Nobody listens. */
  @Benchmark
  @Limit(
      name = "telemetry off: allocations of a call, beside the entry and the copy of its value",
      metric = "gc.alloc.rate.norm",
      limit = 169, // an entry of 32 bytes, an Optional of 16, an array of 120; and rounding
      unit = "B/op")
  public Optional<StateEntry<byte[]>> off() {
    return store.get("order-17", byte[].class);
  }

  /** OpenTelemetry listens. */
  @Benchmark
  @Limit(name = "telemetry on: its share of a call", minus = "off", limit = 1_000, unit = "ns/op")
  public Optional<StateEntry<byte[]>> on() {
    return listenedStore.get("order-17", byte[].class);
  }
}
