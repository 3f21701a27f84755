package dev.inboard.benchmarks.state;

import dev.inboard.Inboard;
import dev.inboard.benchmarks.Components;
import dev.inboard.benchmarks.Limit;
import dev.inboard.benchmarks.Versus;
import dev.inboard.local.InMemoryStateStoreProvider;
import dev.inboard.spi.ComponentSpec;
import dev.inboard.spi.state.StateOperation;
import dev.inboard.spi.state.StateStoreDriver;
import dev.inboard.spi.state.StoredValue;
import dev.inboard.state.StateEntry;
import dev.inboard.state.StateStore;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** Reads and writes 100 bytes through the API, on the driver alone, and in a map. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class InMemoryState {
  private static final String TYPE = "state.in-memory";
  private static final String ALLOCATED = "gc.alloc.rate.norm";

  private final byte[] value = new byte[100];
  private final ConcurrentMap<String, byte[]> map = new ConcurrentHashMap<>();
  private Inboard inboard;
  private StateStore store;
  private StateStoreDriver driver;

  /** Puts the entry into all three. */
  @Setup
  public void open() {
    inboard = Components.runtime("state", TYPE, Map.of()).start();
    store = inboard.stateStore("state");
    store.save("order-17", value);
    driver = new InMemoryStateStoreProvider().open(ComponentSpec.of("state", TYPE, Map.of()));
    driver.set(StateOperation.Set.of("bench||order-17", value)).toCompletableFuture().join();
    map.put("order-17", value);
  }

  /** Closes what was opened. */
  @TearDown
  public void close() {
    inboard.close();
    driver.close();
  }

  /** Ours. */
  @Benchmark
  @Versus(
      name = "state.in-memory get, beside the driver",
      baseline = "getFromDriver",
      baselineName = "driver alone")
  @Versus(
      name = "state.in-memory get, beside a map",
      baseline = "getFromMap",
      baselineName = "ConcurrentHashMap")
  @Limit(
      name = "state.in-memory get, own share",
      minus = "getFromDriver",
      limit = 200,
      unit = "ns/op")
  @Limit(
      name = "state.in-memory get, own allocations beside the copy of the value",
      minus = "getCopyFromDriver",
      metric = ALLOCATED,
      limit = 48, // an entry of 32 bytes and an Optional of 16
      unit = "B/op")
  public Optional<StateEntry<byte[]>> get() {
    return store.get("order-17", byte[].class);
  }

  /** The driver that ours ends in. */
  @Benchmark
  public @Nullable StoredValue getFromDriver() {
    return driver.get("bench||order-17").toCompletableFuture().join();
  }

  /** The driver, and a copy that the caller may change, as ours gives it out. */
  @Benchmark
  public byte[] getCopyFromDriver() {
    return driver.get("bench||order-17").toCompletableFuture().join().value().clone();
  }

  /** What an application would do without any library. */
  @Benchmark
  public byte @Nullable [] getFromMap() {
    return map.get("order-17");
  }

  /** Ours. */
  @Benchmark
  @Versus(
      name = "state.in-memory save, beside the driver",
      baseline = "saveToDriver",
      baselineName = "driver alone")
  @Versus(
      name = "state.in-memory save, beside a map",
      baseline = "saveToMap",
      baselineName = "ConcurrentHashMap")
  public @Nullable String save() {
    return store.save("order-17", value);
  }

  /** The driver that ours ends in. */
  @Benchmark
  public @Nullable String saveToDriver() {
    return driver.set(StateOperation.Set.of("bench||order-17", value)).toCompletableFuture().join();
  }

  /** What an application would do without any library. */
  @Benchmark
  public byte @Nullable [] saveToMap() {
    return map.put("order-17", value);
  }
}
