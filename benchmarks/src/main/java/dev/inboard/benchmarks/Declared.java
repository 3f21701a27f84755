package dev.inboard.benchmarks;

import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.runner.BenchmarkList;
import org.openjdk.jmh.runner.BenchmarkListEntry;
import org.openjdk.jmh.runner.format.OutputFormatFactory;
import org.openjdk.jmh.runner.options.VerboseMode;

/**
 * A row that an annotation on a benchmark declares.
 *
 * @param ours the benchmark, as {@code package.Class.method}
 * @param other the benchmark beside it: the baseline, or what is taken off; empty when there is
 *     none
 * @param limit the number to compare with; NaN when {@code other} is the baseline
 * @param metric which figure; the score when empty
 * @param otherMetric which figure of {@code other}
 * @param unit the unit to print; the figure's when empty
 * @param once whether it runs once in each fork and says itself how often
 */
record Declared(
    String name,
    String ours,
    String other,
    String baselineName,
    double limit,
    double target,
    String metric,
    String otherMetric,
    String unit,
    boolean moreIsBetter,
    boolean once) {

  /** Finds the rows of every benchmark that JMH knows, in the order of their names. */
  static List<Declared> all() {
    Set<BenchmarkListEntry> entries =
        BenchmarkList.defaultList()
            .getAll(
                OutputFormatFactory.createFormatInstance(System.out, VerboseMode.SILENT),
                List.of());
    List<Declared> rows = new ArrayList<>();
    Set<String> names = new TreeSet<>();
    for (BenchmarkListEntry entry : entries) {
      Method method = method(entry);
      boolean rate = entry.getMode() == Mode.Throughput;
      for (Versus row : method.getAnnotationsByType(Versus.class)) {
        rows.add(of(row, entry, rate));
      }
      for (Limit row : method.getAnnotationsByType(Limit.class)) {
        rows.add(of(row, entry, rate));
      }
    }
    for (Declared row : rows) {
      if (!names.add(row.name())) {
        throw new IllegalStateException("two rows have the name '" + row.name() + "'");
      }
      if (!row.other().isEmpty()
          && entries.stream().noneMatch(entry -> entry.getUsername().equals(row.other()))) {
        throw new IllegalStateException(
            "row '" + row.name() + "': there is no benchmark " + row.other());
      }
    }
    rows.sort((one, two) -> one.name().compareTo(two.name()));
    return rows;
  }

  /** Returns the benchmarks that must run for this row. */
  List<String> benchmarks() {
    return other.isEmpty() ? List.of(ours) : List.of(ours, other);
  }

  boolean isLimit() {
    return !Double.isNaN(limit);
  }

  private static Declared of(Versus row, BenchmarkListEntry entry, boolean rate) {
    return new Declared(
        row.name(),
        entry.getUsername(),
        entry.getUserClassQName() + "." + row.baseline(),
        row.baselineName(),
        Double.NaN,
        row.target(),
        row.metric(),
        row.baselineMetric().isEmpty() ? row.metric() : row.baselineMetric(),
        row.unit(),
        rate && row.metric().isEmpty(),
        once(entry));
  }

  private static Declared of(Limit row, BenchmarkListEntry entry, boolean rate) {
    String minus = row.minus().isEmpty() ? "" : entry.getUserClassQName() + "." + row.minus();
    return new Declared(
        row.name(),
        entry.getUsername(),
        minus,
        "limit",
        row.limit(),
        1,
        row.metric(),
        row.metric(),
        row.unit(),
        rate && row.metric().isEmpty(),
        once(entry));
  }

  private static boolean once(BenchmarkListEntry entry) {
    return entry.getMode() == Mode.SingleShotTime;
  }

  private static Method method(BenchmarkListEntry entry) {
    String name = entry.getUsername().substring(entry.getUserClassQName().length() + 1);
    try {
      for (Method method : Class.forName(entry.getUserClassQName()).getMethods()) {
        if (method.getName().equals(name)) {
          return method;
        }
      }
    } catch (ClassNotFoundException missing) {
      throw new IllegalStateException(missing);
    }
    throw new IllegalStateException("no public method " + entry.getUsername());
  }

  /** Returns the text after the last dot, with its class: {@code Class.method}. */
  static String shortName(String benchmark) {
    int method = benchmark.lastIndexOf('.');
    return benchmark.substring(benchmark.lastIndexOf('.', method - 1) + 1);
  }

  /** Says whether a filter names this row: part of its name or of its class. */
  boolean matches(Optional<Pattern> filter) {
    return filter.isEmpty()
        || filter.get().matcher(name).find()
        || filter.get().matcher(ours).find();
  }
}
