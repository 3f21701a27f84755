package dev.inboard.benchmarks.startup;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.inboard.Inboard;
import dev.inboard.benchmarks.Components;
import dev.inboard.benchmarks.Limit;
import dev.inboard.benchmarks.Versus;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
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

/**
 * The first start in a new JVM, on embedded defaults: what {@code Inboard.builder()….start()} takes
 * there, with all class loading and opening SQLite, on a warm disk. The time of the JVM itself,
 * before {@code main}, is not in it. On the class path is what the one dependency {@code inboard}
 * brings and nothing else, so no logging either: that is set up by the application's choice.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(1)
@Warmup(iterations = 0)
@Measurement(iterations = 1)
public class StartUp {
  private static final int STARTS = 7;

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

  /**
   * Starts new JVMs one after the other, in turns with ones that only open a database by JDBC; the
   * first of each warms the disk.
   */
  @Benchmark
  @Limit(
      name = "start on embedded defaults",
      metric = "milliseconds",
      limit = 300,
      unit = "ms in start(), median of new JVMs")
  @Versus(
      name = "start on embedded defaults, beside the driver",
      baseline = "start",
      baselineName = "SQLite's JDBC driver, its first query",
      metric = "milliseconds",
      baselineMetric = "driverMilliseconds",
      unit = "ms, median of new JVMs")
  public void start(Time time) throws IOException, InterruptedException {
    double[] ours = new double[STARTS];
    double[] driver = new double[STARTS];
    inNewJvm(StartOnce.class);
    inNewJvm(FirstQuery.class);
    for (int i = 0; i < STARTS; i++) {
      ours[i] = inNewJvm(StartOnce.class);
      driver[i] = inNewJvm(FirstQuery.class);
    }
    time.milliseconds = median(ours);
    time.driverMilliseconds = median(driver);
  }

  private static double median(double[] all) {
    Arrays.sort(all);
    return all[all.length / 2];
  }

  private double inNewJvm(Class<?> main) throws IOException, InterruptedException {
    Path home = Path.of(System.getProperty("bench.home", ".")).toAbsolutePath();
    Path starter = home.resolve("starter/target");
    String classPath =
        String.join(
            File.pathSeparator,
            home.resolve("benchmarks/target/classes").toString(),
            starter.resolve("classes").toString(),
            Files.readString(starter.resolve("classpath.txt")).strip());
    Process child =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                classPath,
                main.getName(),
                folder.toString())
            .redirectError(ProcessBuilder.Redirect.DISCARD) // SLF4J has nobody to log to
            .start();
    String output = new String(child.getInputStream().readAllBytes(), UTF_8);
    if (child.waitFor() != 0) {
      throw new IOException("the new JVM ended with " + child.exitValue());
    }
    return Long.parseLong(output.strip()) / 1e6;
  }

  /** The start, for the heap that is in use after it. */
  @Benchmark
  @Limit(name = "idle heap on embedded defaults", metric = "megabytes", limit = 20, unit = "MB")
  public Inboard startAndMeasureHeap(Heap heap) throws InterruptedException {
    inboard = Inboard.builder().appId("bench").dataFolder(folder).start();
    heap.megabytes = Heap.used() / 1e6;
    return inboard;
  }

  /** What a start takes. */
  @AuxCounters(AuxCounters.Type.EVENTS)
  @State(Scope.Thread)
  public static class Time {
    /** From the builder to the running runtime. */
    public double milliseconds;

    /** From nothing to the answer of a query, by JDBC alone. */
    public double driverMilliseconds;
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
