package dev.inboard.benchmarks.redis;

import dev.inboard.Inboard;
import dev.inboard.benchmarks.Components;
import dev.inboard.benchmarks.Versus;
import dev.inboard.state.BulkEntry;
import dev.inboard.state.StateEntry;
import dev.inboard.state.StateStore;
import dev.inboard.test.server.RedisServer;
import io.lettuce.core.KeyValue;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
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
import org.openjdk.jmh.annotations.Threads;

/** Reads and writes entries of 256 bytes. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
public class RedisState {
  private static final int IN_FLIGHT = 256;
  private static final int BULK = 100;

  private final RedisServer server = RedisServer.create();
  private final byte[] value = new byte[256];
  private final List<String> keys = IntStream.range(0, BULK).mapToObj(n -> "bulk-" + n).toList();
  private final List<String> rawKeys = keys.stream().map("bench||"::concat).toList();
  private Inboard inboard;
  private StateStore store;
  private RawRedis raw;

  /** Starts a server and connects both. */
  @Setup
  public void open() {
    server.start();
    inboard =
        Components.runtime("state", "state.redis", Map.of("redisHost", server.address())).start();
    store = inboard.stateStore("state");
    raw = new RawRedis(server.uri());
    store.save("one", value);
    keys.forEach(key -> store.save(key, value));
  }

  /** Closes both, then the server. */
  @TearDown
  public void close() {
    inboard.close();
    raw.close();
    server.close();
  }

  /** Ours, one thread. */
  @Benchmark
  @Versus(
      name = "state.redis get, 1 thread",
      baseline = "getRaw",
      baselineName = "lettuce, blocking",
      target = 0.97)
  public Optional<StateEntry<byte[]>> get() {
    return store.get("one", byte[].class);
  }

  /** Lettuce. */
  @Benchmark
  public List<KeyValue<String, byte[]>> getRaw() {
    return raw.get("bench||one").toCompletableFuture().join();
  }

  /** Ours, 16 threads. */
  @Benchmark
  @Threads(16)
  @Versus(
      name = "state.redis get, 16 threads",
      baseline = "getRawByMany",
      baselineName = "lettuce, blocking",
      target = 0.97)
  public Optional<StateEntry<byte[]>> getByMany() {
    return get();
  }

  /** Lettuce, 16 threads on one connection. */
  @Benchmark
  @Threads(16)
  public List<KeyValue<String, byte[]>> getRawByMany() {
    return getRaw();
  }

  /** Ours, one thread. */
  @Benchmark
  @Versus(
      name = "state.redis save, 1 thread",
      baseline = "saveRaw",
      baselineName = "lettuce, blocking, the same script",
      target = 0.97)
  public @Nullable String save() {
    return store.save("one", value);
  }

  /** Lettuce. */
  @Benchmark
  public List<byte[]> saveRaw() {
    return raw.save("bench||one", value).toCompletableFuture().join();
  }

  /** Ours, 16 threads. */
  @Benchmark
  @Threads(16)
  @Versus(
      name = "state.redis save, 16 threads",
      baseline = "saveRawByMany",
      baselineName = "lettuce, blocking, the same script",
      target = 0.97)
  public @Nullable String saveByMany() {
    return save();
  }

  /** Lettuce, 16 threads on one connection. */
  @Benchmark
  @Threads(16)
  public List<byte[]> saveRawByMany() {
    return saveRaw();
  }

  /** Ours, many under way. */
  @Benchmark
  @OperationsPerInvocation(IN_FLIGHT)
  @Versus(
      name = "state.redis get, async, 256 in flight",
      baseline = "getRawAsync",
      baselineName = "lettuce, async",
      target = 0.95)
  public void getAsync() {
    CompletableFuture<?>[] all = new CompletableFuture<?>[IN_FLIGHT];
    for (int n = 0; n < IN_FLIGHT; n++) {
      all[n] = store.async().get("one", byte[].class);
    }
    CompletableFuture.allOf(all).join();
  }

  /** Lettuce, many under way. */
  @Benchmark
  @OperationsPerInvocation(IN_FLIGHT)
  public void getRawAsync() {
    CompletableFuture<?>[] all = new CompletableFuture<?>[IN_FLIGHT];
    for (int n = 0; n < IN_FLIGHT; n++) {
      all[n] = raw.get("bench||one").toCompletableFuture();
    }
    CompletableFuture.allOf(all).join();
  }

  /** Ours, many writes under way on a hundred keys. */
  @Benchmark
  @OperationsPerInvocation(IN_FLIGHT)
  @Versus(
      name = "state.redis save, async, 256 in flight",
      baseline = "saveRawAsync",
      baselineName = "lettuce, the same script, async",
      target = 0.95)
  public void saveAsync() {
    CompletableFuture<?>[] all = new CompletableFuture<?>[IN_FLIGHT];
    for (int n = 0; n < IN_FLIGHT; n++) {
      all[n] = store.async().save(keys.get(n % BULK), value);
    }
    CompletableFuture.allOf(all).join();
  }

  /** Lettuce, many writes under way. */
  @Benchmark
  @OperationsPerInvocation(IN_FLIGHT)
  public void saveRawAsync() {
    CompletableFuture<?>[] all = new CompletableFuture<?>[IN_FLIGHT];
    for (int n = 0; n < IN_FLIGHT; n++) {
      all[n] = raw.save(rawKeys.get(n % BULK), value).toCompletableFuture();
    }
    CompletableFuture.allOf(all).join();
  }

  /** Ours, 100 keys at once. */
  @Benchmark
  @OperationsPerInvocation(BULK)
  @Versus(
      name = "state.redis get of 100 keys",
      baseline = "getBulkRaw",
      baselineName = "lettuce, pipelined",
      target = 0.95)
  public List<BulkEntry<byte[]>> getBulk() {
    return store.getBulk(keys, byte[].class);
  }

  /** Lettuce, 100 keys in one pipeline. */
  @Benchmark
  @OperationsPerInvocation(BULK)
  public List<List<KeyValue<String, byte[]>>> getBulkRaw() {
    return raw.getAll(rawKeys);
  }
}
