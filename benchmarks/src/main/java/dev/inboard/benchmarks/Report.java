package dev.inboard.benchmarks;

import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The rows of a run, beside the machine, the versions and the settings they were measured with.
 *
 * @param rows in the order of their names
 */
@JsonPropertyOrder({"machine", "versions", "settings", "rows"})
record Report(
    Map<String, String> machine,
    Map<String, String> versions,
    Map<String, String> settings,
    List<Row> rows) {
  private static final ObjectMapper JSON =
      new ObjectMapper()
          .enable(SerializationFeature.INDENT_OUTPUT)
          .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES);

  /**
   * Returns the rows of an earlier report that this one has not measured, and all of this one's.
   */
  Report mergedInto(Report earlier) {
    Map<String, Row> merged = new TreeMap<>();
    earlier.rows().forEach(row -> merged.put(row.name(), row));
    rows.forEach(row -> merged.put(row.name(), row));
    return new Report(machine, versions, settings, List.copyOf(merged.values()));
  }

  static Report read(Path file) {
    try {
      return JSON.readValue(file.toFile(), Report.class);
    } catch (IOException failure) {
      throw new UncheckedIOException(file + " is no report", failure);
    }
  }

  void writeJson(Path file) {
    try {
      write(file, JSON.writeValueAsString(this) + "\n");
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  void writeMarkdown(Path file) {
    StringBuilder page = new StringBuilder("# Benchmarks\n\n");
    page.append("Written by `dev/bench --publish`. Ours and the baseline run in the same run; ")
        .append("the ratio is always \"higher is better\".\n\n");
    page.append("| Row | Ours | Baseline | Unit | Ratio | Target | Met | Measured |\n");
    page.append("|---|--:|--:|---|--:|--:|---|---|\n");
    for (Row row : rows) {
      page.append(
          "| %s | %s | %s (%s) | %s | %s | %s | %s | %s, %s |\n"
              .formatted(
                  row.name(),
                  Figures.text(row.ours()),
                  Figures.text(row.baseline()),
                  row.baselineName(),
                  row.unit(),
                  Figures.text(row.ratio()),
                  Table.target(row),
                  Table.met(row),
                  row.date(),
                  row.mode()));
    }
    section(page, "Machine", machine);
    section(page, "Versions", versions);
    section(page, "Settings of the last run", settings);
    write(file, page.toString());
  }

  private static void section(StringBuilder page, String title, Map<String, String> facts) {
    page.append("\n## ").append(title).append("\n\n");
    facts.forEach(
        (name, value) -> page.append("- ").append(name).append(": ").append(value).append('\n'));
  }

  private static void write(Path file, String text) {
    try {
      Files.createDirectories(file.toAbsolutePath().getParent());
      Files.writeString(file, text);
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }
}
