package dev.inboard.examples.quickstart;

import java.io.IOException;
import java.nio.charset.MalformedInputException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Reads what is in stock: CSV with the header {@code sku,available}. */
final class StockFile {
  private static final String HEADER = "sku,available";

  private StockFile() {}

  static Map<String, Long> read(Path file) throws IOException {
    List<String> lines;
    try {
      lines = Files.readAllLines(file);
    } catch (MalformedInputException e) {
      throw new UsageException("stock file '" + file + "' is not UTF-8 text");
    }
    if (lines.isEmpty() || !lines.get(0).replace("\uFEFF", "").replace(" ", "").equals(HEADER)) {
      throw new UsageException(
          "stock file '" + file + "' does not begin with the line '" + HEADER + "'");
    }
    Map<String, Long> stock = new LinkedHashMap<>();
    for (int i = 1; i < lines.size(); i++) {
      if (!lines.get(i).isBlank()) {
        add(stock, lines.get(i), file + ":" + (i + 1));
      }
    }
    return stock;
  }

  private static void add(Map<String, Long> stock, String line, String place) {
    int comma = line.lastIndexOf(',');
    String sku = comma < 0 ? "" : line.substring(0, comma).strip();
    long available = comma < 0 ? -1 : number(line.substring(comma + 1).strip());
    if (sku.isEmpty() || available < 0) {
      throw new UsageException(
          place + ": '" + line + "' is not an article and how many there are, such as tea,40");
    }
    if (stock.putIfAbsent(sku, available) != null) {
      throw new UsageException(place + ": the article '" + sku + "' is there twice");
    }
  }

  private static long number(String text) {
    try {
      return Long.parseLong(text);
    } catch (NumberFormatException e) {
      return -1;
    }
  }
}
