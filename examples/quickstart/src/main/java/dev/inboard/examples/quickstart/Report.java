package dev.inboard.examples.quickstart;

import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.PrintStream;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** How it went. */
@JsonPropertyOrder({"accepted", "rejected", "duplicates", "invalid", "stock", "revenue"})
record Report(
    long accepted,
    long rejected,
    long duplicates,
    List<OrderFile.InvalidLine> invalid,
    Map<String, Long> stock,
    String revenue) {

  static Report of(OrderFile file, Map<String, Shelf> shelves) {
    Map<String, Long> left = new java.util.LinkedHashMap<>();
    shelves.forEach((sku, shelf) -> left.put(sku, shelf.available()));
    return new Report(
        shelves.values().stream().mapToLong(Shelf::accepted).sum(),
        shelves.values().stream().mapToLong(Shelf::rejected).sum(),
        file.duplicates(),
        List.copyOf(file.invalid()),
        left,
        money(
            shelves.values().stream()
                .map(Shelf::revenue)
                .reduce(BigDecimal.ZERO, BigDecimal::add)));
  }

  /** At least two digits after the point, and all that there are. */
  private static String money(BigDecimal amount) {
    BigDecimal plain = amount.signum() == 0 ? BigDecimal.ZERO : amount.stripTrailingZeros();
    return (plain.scale() < 2 ? plain.setScale(2) : plain).toPlainString();
  }

  void write(Path file) throws IOException {
    if (file.toAbsolutePath().getParent() != null) {
      Files.createDirectories(file.toAbsolutePath().getParent());
    }
    JsonMapper.builder()
        .enable(SerializationFeature.INDENT_OUTPUT)
        .build()
        .writeValue(file.toFile(), this);
  }

  void print(PrintStream out, long fulfilled, Duration time) {
    for (OrderFile.InvalidLine line : invalid) {
      out.println("line " + line.line() + " skipped: " + line.reason());
    }
    long lines = accepted + rejected + duplicates + invalid.size();
    double seconds = Math.max(1, time.toMillis()) / 1000.0;
    row(out, "accepted", accepted);
    row(out, "fulfilled (workflows ended)", fulfilled);
    row(out, "rejected (not enough in stock)", rejected);
    row(out, "duplicates", duplicates);
    row(out, "invalid lines", invalid.size());
    row(out, "lines in all", lines);
    row(out, "revenue", revenue);
    stock.forEach((sku, left) -> row(out, "left of " + sku, left));
    row(out, "time", String.format(Locale.ROOT, "%.2f s", seconds));
    row(out, "rate", String.format(Locale.ROOT, "%,.0f lines/s", lines / seconds));
  }

  private static void row(PrintStream out, String what, Object value) {
    out.printf(Locale.ROOT, "  %-32s %16s%n", what, value);
  }
}
