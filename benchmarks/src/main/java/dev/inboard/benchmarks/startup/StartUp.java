package dev.inboard.benchmarks.startup;

import dev.inboard.Inboard;
import dev.inboard.benchmarks.Components;
import dev.inboard.benchmarks.Limit;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.AuxCounters;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** The first start in a new JVM, on embedded defaults, with class loading and opening SQLite. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(5)
@Warmup(iterations = 0)
@Measurement(iterations = 1)
public class StartUp {
  private Path folder;
  private @Nullable Inboard inboard;

  /** Names a data folder. */
  @Setup
  public void folder() {
    folder = Components.folder();
  }

  /** Closes the runtime. */
  @TearDown
  public void close() {
    if (inboard != null) {
      inboard.close();
    }
  }

  /** The start. */
  @Benchmark
  @Limit(name = "start on embedded defaults", limit = 300)
  public Inboard start() {
    inboard = Inboard.builder().appId("bench").dataFolder(folder).start();
    return inboard;
  }

  /** The start, for the heap that is in use after it, in one JVM, because JMH adds up the forks. */
  @Benchmark
  @Fork(1)
  @Limit(name = "idle heap on embedded defaults", metric = "megabytes", limit = 20, unit = "MB")
  public Inboard startAndMeasureHeap(Heap heap) throws InterruptedException {
    inboard = Inboard.builder().appId("bench").dataFolder(folder).start();
    heap.megabytes = Heap.used() / 1e6;
    return inboard;
  }

  /** Heap in use after full collections. */
  @AuxCounters(AuxCounters.Type.EVENTS)
  @State(Scope.Thread)
  public static class Heap {
    /** All of it, what the JVM and the benchmark itself hold included. */
    public double megabytes;

    static long used() throws InterruptedException {
      for (int i = 0; i < 3; i++) {
        System.gc();
        Thread.sleep(50);
      }
      Runtime jvm = Runtime.getRuntime();
      return jvm.totalMemory() - jvm.freeMemory();
    }
  }
}
