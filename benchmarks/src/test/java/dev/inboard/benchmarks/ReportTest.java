package dev.inboard.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReportTest {
  private static final Row.Stamp STAMP = new Row.Stamp("quick", "2026-01-31");

  @TempDir Path folder;

  @Test
  @DisplayName("every row names benchmarks that exist, and no two rows have one name")
  void declaredRowsAreSound() {
    assertThat(Declared.all()).isNotEmpty().allSatisfy(row -> assertThat(row.name()).isNotBlank());
  }

  @Test
  @DisplayName("the ratio is higher when a rate is higher, and when a time is lower")
  void ratioIsHigherWhenBetter() {
    assertThat(row("rate", true, 200, 100).ratio()).isEqualTo(2);
    assertThat(row("time", false, 200, 100).ratio()).isEqualTo(0.5);
    assertThat(row("rate", true, 200, 100).met()).isTrue();
    assertThat(row("time", false, 200, 100).met()).isFalse();
  }

  @Test
  @DisplayName("a target counts as reached within what can be measured")
  void targetIsReachedWithinPrecision() {
    assertThat(row("allocations", false, 48.003, 48).met()).isTrue();
    assertThat(row("allocations", false, 49, 48).met()).isFalse();
  }

  @Test
  @DisplayName(
      "a part published anew replaces its rows and keeps the others, in the order of names")
  void partsAreMerged() {
    Report earlier = report(row("b", true, 1, 1), row("c", true, 1, 1));

    Report merged = report(row("c", true, 5, 1), row("a", true, 1, 1)).mergedInto(earlier);

    assertThat(merged.rows()).extracting(Row::name).containsExactly("a", "b", "c");
    assertThat(merged.rows().get(2).ours()).isEqualTo(5);
  }

  @Test
  @DisplayName("a report is read back as it was written")
  void reportIsReadBack() {
    Report report = report(row("a", true, 1234.5678, 1));
    report.writeJson(folder.resolve("deeper/report.json"));

    assertThat(Report.read(folder.resolve("deeper/report.json"))).isEqualTo(report);
  }

  @Test
  @DisplayName("the page shows each row with its figures, and the machine")
  void pageShowsRows() throws Exception {
    report(row("get", false, 1_234_567, 50)).writeMarkdown(folder.resolve("page.md"));

    assertThat(Files.readString(folder.resolve("page.md")))
        .contains(
            "| get | 1,235,000 | 50 (other) | ns/op | 0.0000405 | 1 | NO | 2026-01-31, quick |")
        .contains("- cpu: some");
  }

  private static Report report(Row... rows) {
    return new Report(Map.of("cpu", "some"), Map.of(), Map.of(), List.of(rows));
  }

  private static Row row(String name, boolean moreIsBetter, double ours, double baseline) {
    Declared declared =
        new Declared(
            name,
            "Bench.ours",
            "Bench.other",
            "other",
            Double.NaN,
            1,
            "",
            "",
            "",
            moreIsBetter,
            false);
    return Row.of(declared, "", ours, baseline, "ns/op", STAMP);
  }
}
