package dev.inboard.benchmarks;

import java.util.ArrayList;
import java.util.List;

/** The rows as text, in columns. */
final class Table {
  private static final List<String> HEAD =
      List.of("row", "ours", "baseline", "unit", "ratio", "target", "met", "baseline is");

  private Table() {}

  static String of(List<Row> rows) {
    List<List<String>> lines = new ArrayList<>(List.of(HEAD));
    for (Row row : rows) {
      lines.add(
          List.of(
              row.name(),
              Figures.text(row.ours()),
              Figures.text(row.baseline()),
              row.unit(),
              Figures.text(row.ratio()),
              target(row),
              met(row),
              row.baselineName()));
    }
    StringBuilder text = new StringBuilder();
    for (List<String> line : lines) {
      for (int column = 0; column < HEAD.size(); column++) {
        String cell = line.get(column);
        String padding = " ".repeat(width(lines, column) - cell.length());
        boolean number = column == 1 || column == 2 || column == 4 || column == 5;
        text.append(number ? padding + cell : cell + padding).append("  ");
      }
      text.setLength(text.toString().stripTrailing().length());
      text.append('\n');
    }
    return text.toString();
  }

  static String target(Row row) {
    return row.target() == null ? "-" : Figures.text(row.target());
  }

  static String met(Row row) {
    return row.met() == null ? "-" : row.met() ? "yes" : "NO";
  }

  private static int width(List<List<String>> lines, int column) {
    return lines.stream().mapToInt(line -> line.get(column).length()).max().orElse(0);
  }
}
