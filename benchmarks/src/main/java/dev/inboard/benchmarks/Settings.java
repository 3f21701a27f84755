package dev.inboard.benchmarks;

import java.util.ArrayList;
import java.util.List;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;

/**
 * How long JMH measures. Benchmarks that run once in each fork ({@code SingleShotTime}), such as a
 * start-up, keep what their annotations say.
 *
 * @param warmup seconds of one warm-up iteration; the paths through a server and the workflow
 *     engine take some twenty until all is compiled
 * @param seconds of one measured iteration
 */
record Settings(String mode, int forks, int warmups, int warmup, int measurements, int seconds) {
  private static final Settings QUICK = new Settings("quick", 1, 2, 1, 3, 1);
  private static final Settings FULL = new Settings("full", 2, 5, 4, 5, 2);

  static Settings of(String mode) {
    return mode.equals("full") ? FULL : QUICK;
  }

  ChainedOptionsBuilder options(boolean once) {
    ChainedOptionsBuilder options =
        new OptionsBuilder()
            .jvmArgsAppend(jvmFlags().toArray(String[]::new))
            .shouldFailOnError(false)
            .shouldDoGC(true)
            .timeout(TimeValue.seconds(120));
    if (once) {
      return options;
    }
    return options
        .forks(forks)
        .warmupIterations(warmups)
        .warmupTime(TimeValue.seconds(warmup))
        .measurementIterations(measurements)
        .measurementTime(TimeValue.seconds(seconds))
        .addProfiler(GCProfiler.class);
  }

  static List<String> jvmFlags() {
    List<String> flags = new ArrayList<>(List.of("-Xmx2g"));
    if (Runtime.version().feature() >= 22) {
      flags.add("--enable-native-access=ALL-UNNAMED");
    }
    return flags;
  }
}
