package dev.inboard.benchmarks.startup;

import dev.inboard.benchmarks.Limit;
import java.io.File;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.AuxCounters;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** How large the jars are that every application has; a size, so it is measured once. */
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(1)
@Warmup(iterations = 0)
@Measurement(iterations = 1)
public class Jars {
  /** Finds them on the class path. */
  @Benchmark
  @Limit(name = "jars of core and spi", metric = "kilobytes", limit = 700, unit = "KB")
  public void coreAndSpi(Size size) {
    size.kilobytes = sizeOf("inboard-core-") + sizeOf("inboard-spi-0");
  }

  private static double sizeOf(String name) {
    for (String path : System.getProperty("java.class.path").split(File.pathSeparator)) {
      File file = new File(path);
      if (file.getName().startsWith(name) && file.isFile()) {
        return file.length() / 1e3;
      }
    }
    throw new IllegalStateException("no jar " + name + " on the class path; run it by dev/bench");
  }

  /** Bytes on disk. */
  @AuxCounters(AuxCounters.Type.EVENTS)
  @State(Scope.Thread)
  public static class Size {
    /** In thousands of bytes. */
    public double kilobytes;
  }
}
