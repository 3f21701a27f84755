package dev.inboard.benchmarks;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.Locale;

/** How numbers are kept and printed: with four digits that count. */
final class Figures {
  private Figures() {}

  static double round(double value) {
    return Double.isFinite(value) ? decimal(value).doubleValue() : value;
  }

  static String text(double value) {
    if (!Double.isFinite(value)) {
      return String.valueOf(value);
    }
    BigDecimal rounded = decimal(value);
    return rounded.scale() > 0
        ? rounded.toPlainString()
        : String.format(Locale.ROOT, "%,d", rounded.longValue());
  }

  private static BigDecimal decimal(double value) {
    BigDecimal rounded = BigDecimal.valueOf(value).round(new MathContext(4));
    return rounded.signum() == 0 ? BigDecimal.ZERO : rounded.stripTrailingZeros();
  }
}
