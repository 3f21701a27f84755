package dev.inboard.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;

/**
 * Runs the benchmarks of the rows asked for and reports them: {@code [quick|full] [--publish]
 * [--list] [filter]}.
 *
 * <p>Ends with 0 when every row was measured, with 1 when one could not be, with 2 on bad usage.
 */
public final class Bench {
  private final Path home;
  private final Settings settings;
  private final Map<String, String> failures = new LinkedHashMap<>();

  private Bench(Path home, Settings settings) {
    this.home = home;
    this.settings = settings;
  }

  /** Runs from the root of the project, which the property {@code bench.home} names. */
  public static void main(String[] words) throws Exception {
    String mode = "quick";
    boolean publish = false;
    boolean list = false;
    Optional<Pattern> filter = Optional.empty();
    for (String word : words) {
      switch (word) {
        case "quick", "full" -> mode = word;
        case "--publish" -> publish = true;
        case "--list" -> list = true;
        default -> {
          if (word.startsWith("-") || filter.isPresent()) {
            System.err.println("usage: dev/bench [quick|full] [--publish] [--list] [filter]");
            System.exit(2);
          }
          filter = Optional.of(Pattern.compile(word, Pattern.CASE_INSENSITIVE));
        }
      }
    }
    Optional<Pattern> wanted = filter;
    List<Declared> rows = Declared.all().stream().filter(row -> row.matches(wanted)).toList();
    if (rows.isEmpty()) {
      System.err.println("bench: no row matches; dev/bench --list shows them all");
      System.exit(2);
    }
    if (list) {
      rows.forEach(row -> System.out.println(row.name()));
      return;
    }
    Bench bench = new Bench(Path.of(System.getProperty("bench.home", ".")), Settings.of(mode));
    System.exit(bench.run(rows, publish, filter.isPresent()) ? 0 : 1);
  }

  private boolean run(List<Declared> declared, boolean publish, boolean filtered)
      throws IOException {
    Measurements measurements = measure(declared);
    Row.Stamp stamp = new Row.Stamp(settings.mode(), LocalDate.now(ZoneOffset.UTC).toString());
    List<Row> rows = new ArrayList<>();
    List<String> missing = new ArrayList<>();
    for (Declared row : declared) {
      List<Row> made = measurements.rows(row, stamp);
      rows.addAll(made);
      if (made.isEmpty()) {
        missing.add(row.name() + ": " + reason(row));
      }
    }
    System.out.println("\n" + Table.of(rows));
    missing.forEach(line -> System.out.println("not measured: " + line));
    Report report = new Report(Machine.facts(), Machine.versions(), facts(), rows);
    report.writeJson(home.resolve("benchmarks/results/latest.json"));
    if (publish) {
      publish(report, filtered || !missing.isEmpty());
    }
    return missing.isEmpty();
  }

  private void publish(Report report, boolean partial) {
    Path json = home.resolve("docs/benchmarks.json");
    boolean merge = partial && Files.exists(json);
    Report published = merge ? report.mergedInto(Report.read(json)) : report;
    published.writeJson(json);
    published.writeMarkdown(home.resolve("docs/benchmarks.md"));
    System.out.println("published " + published.rows().size() + " rows to docs/benchmarks.md");
  }

  private Measurements measure(List<Declared> declared) throws IOException {
    Set<String> benchmarks = new LinkedHashSet<>();
    Set<String> once = new HashSet<>();
    for (Declared row : declared) {
      benchmarks.addAll(row.benchmarks());
      if (row.once()) {
        once.addAll(row.benchmarks());
      }
    }
    Path logs = Files.createDirectories(home.resolve("benchmarks/results/logs"));
    Map<String, Collection<RunResult>> results = new LinkedHashMap<>();
    int count = 0;
    for (String benchmark : benchmarks) {
      String name = Declared.shortName(benchmark);
      System.out.printf("%d/%d %s ", ++count, benchmarks.size(), name);
      System.out.flush();
      Collection<RunResult> result =
          measure(benchmark, once.contains(benchmark), logs.resolve(name + ".txt"));
      results.put(benchmark, result);
      result.forEach(
          one ->
              System.out.printf(
                  " %s %s",
                  Figures.text(one.getPrimaryResult().getScore()),
                  one.getPrimaryResult().getScoreUnit()));
      System.out.println(failures.containsKey(benchmark) ? " failed" : "");
    }
    return new Measurements(results);
  }

  private Collection<RunResult> measure(String benchmark, boolean once, Path log)
      throws IOException {
    Collection<RunResult> results = List.of();
    try {
      results =
          new Runner(
                  settings
                      .options(once)
                      .include("^" + Pattern.quote(benchmark) + "$")
                      .output(log.toString())
                      .build())
              .run();
    } catch (RunnerException failure) {
      failures.put(benchmark, String.valueOf(failure.getMessage()));
    }
    firstFailure(log).ifPresent(reason -> failures.put(benchmark, reason));
    return results;
  }

  private static Optional<String> firstFailure(Path log) throws IOException {
    List<String> lines = Files.readAllLines(log);
    int at = lines.indexOf("<failure>");
    return lines.stream()
        .skip(at < 0 ? lines.size() : at + 1)
        .filter(line -> !line.isBlank())
        .findFirst();
  }

  private String reason(Declared row) {
    return row.benchmarks().stream()
        .filter(failures::containsKey)
        .map(benchmark -> Declared.shortName(benchmark) + " failed: " + failures.get(benchmark))
        .findFirst()
        .orElse("the benchmark has no figure '" + row.metric() + "'");
  }

  private Map<String, String> facts() {
    Map<String, String> facts = new LinkedHashMap<>();
    facts.put("mode", settings.mode());
    facts.put("forks", String.valueOf(settings.forks()));
    facts.put("warm-up", settings.warmups() + " x " + settings.warmup() + " s");
    facts.put("measured", settings.measurements() + " x " + settings.seconds() + " s");
    facts.put("jvm flags", String.join(" ", Settings.jvmFlags()));
    return facts;
  }
}
