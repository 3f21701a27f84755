package dev.inboard.benchmarks;

import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import org.jspecify.annotations.Nullable;

/**
 * One line of the report.
 *
 * @param name unique in the report
 * @param ours our figure, in {@code unit}
 * @param baseline the figure beside it
 * @param baselineName what the baseline is
 * @param unit of both figures
 * @param ratio how good ours is beside the baseline; always higher is better
 * @param target the ratio to reach; null when the row only informs
 * @param met whether it is reached; null when there is no target
 * @param mode {@code quick} or {@code full}
 * @param date the day of the run
 */
@JsonPropertyOrder({
  "name",
  "ours",
  "baseline",
  "baselineName",
  "unit",
  "ratio",
  "target",
  "met",
  "mode",
  "date"
})
record Row(
    String name,
    double ours,
    double baseline,
    String baselineName,
    String unit,
    double ratio,
    @Nullable Double target,
    @Nullable Boolean met,
    String mode,
    String date) {
  /** No figure is measured better than to one part in a hundred. */
  private static final double PRECISION = 0.01;

  /** Compares two figures of which more, or less, is better. Keeps four digits. */
  static Row of(
      Declared declared, String suffix, double ours, double baseline, String unit, Stamp stamp) {
    double ratio = declared.moreIsBetter() ? ours / baseline : baseline / ours;
    Double target = Double.isNaN(declared.target()) ? null : declared.target();
    return new Row(
        declared.name() + suffix,
        Figures.round(ours),
        Figures.round(baseline),
        declared.baselineName(),
        unit,
        Figures.round(ratio),
        target,
        target == null ? null : ratio >= target * (1 - PRECISION),
        stamp.mode(),
        stamp.date());
  }

  /** When and how a row was measured. */
  record Stamp(String mode, String date) {}
}
