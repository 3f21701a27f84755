package dev.inboard;

import java.util.List;

/**
 * What a check of resource files found.
 *
 * @param problems what would keep a runtime from starting, each with file, line and cure
 * @param warnings what is probably a mistake, but stops nothing
 */
public record CheckReport(List<String> problems, List<String> warnings) {
  /** Copies the lists. */
  public CheckReport {
    problems = List.copyOf(problems);
    warnings = List.copyOf(warnings);
  }

  /** Says whether nothing would keep a runtime from starting. */
  public boolean isGood() {
    return problems.isEmpty();
  }
}
