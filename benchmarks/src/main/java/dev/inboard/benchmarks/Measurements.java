package dev.inboard.benchmarks;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.StringJoiner;
import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;

/** What JMH has measured, by benchmark; makes the rows from it. */
final class Measurements {
  private final Map<String, Collection<RunResult>> results;

  Measurements(Map<String, Collection<RunResult>> results) {
    this.results = Map.copyOf(results);
  }

  /**
   * Makes the rows of a declaration, one for each combination of parameters; none when one failed.
   */
  List<Row> rows(Declared declared, Row.Stamp stamp) {
    List<Row> rows = new ArrayList<>();
    for (RunResult ours : results.getOrDefault(declared.ours(), List.of())) {
      Optional<Result<?>> figure = figure(ours, declared.metric());
      if (figure.isEmpty()) {
        continue;
      }
      double value = figure.get().getScore();
      double other = declared.limit();
      if (!declared.other().isEmpty()) {
        Optional<Result<?>> second =
            beside(ours, declared.other())
                .flatMap(result -> figure(result, declared.otherMetric()));
        if (second.isEmpty()) {
          continue;
        }
        if (declared.isLimit()) {
          value -= second.get().getScore();
        } else {
          other = second.get().getScore();
        }
      }
      String unit = declared.unit().isEmpty() ? figure.get().getScoreUnit() : declared.unit();
      rows.add(Row.of(declared, parameters(ours.getParams()), value, other, unit, stamp));
    }
    return rows;
  }

  private Optional<RunResult> beside(RunResult ours, String benchmark) {
    return results.getOrDefault(benchmark, List.of()).stream()
        .filter(result -> sameParameters(ours.getParams(), result.getParams()))
        .findFirst();
  }

  private static boolean sameParameters(BenchmarkParams one, BenchmarkParams two) {
    return one.getParamsKeys().stream()
        .allMatch(key -> one.getParam(key).equals(two.getParam(key)));
  }

  private static Optional<Result<?>> figure(RunResult result, String metric) {
    if (metric.isEmpty()) {
      return Optional.of(result.getPrimaryResult());
    }
    return Optional.ofNullable(result.getSecondaryResults().get(metric));
  }

  private static String parameters(BenchmarkParams params) {
    if (params.getParamsKeys().isEmpty()) {
      return "";
    }
    StringJoiner text = new StringJoiner(", ", " (", ")");
    for (String key : params.getParamsKeys()) {
      text.add(key + "=" + params.getParam(key));
    }
    return text.toString();
  }
}
