package dev.inboard.examples.quickstart;

import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** The command line. */
record Arguments(Path orders, Path stock, Path data, Path resources, @Nullable Path report) {
  static final String USAGE =
      """
      usage: dev/quickstart [options] [orders.jsonl]

        orders.jsonl        one order a line: {"id":"o-1","customer":"c-7","sku":"tea","quantity":2,"unitPrice":"12.50"}
        --stock FILE        what is in stock, as CSV: sku,available
        --data FOLDER       where state lives; run again with the same files and folder to go on after a crash
        --resources FOLDER  which providers to use, as Dapr component files
        --report FILE       writes the final table as JSON
        --help              prints this
      """;

  /**
   * Reads the command line.
   *
   * @param home the folder of the example, where the defaults lie
   */
  static Arguments parse(String[] words, Path home) {
    @Nullable Path given = null;
    Path stock = home.resolve("data/stock.csv");
    Path data = home.resolve("target/quickstart");
    Path resources = home.resolve("resources/embedded");
    @Nullable Path report = null;
    for (int i = 0; i < words.length; i++) {
      switch (words[i]) {
        case "--stock" -> stock = value(words, ++i);
        case "--data" -> data = value(words, ++i);
        case "--resources" -> resources = value(words, ++i);
        case "--report" -> report = value(words, ++i);
        default -> {
          if (words[i].startsWith("-")) {
            throw new UsageException("unknown option '" + words[i] + "'");
          }
          if (given != null) {
            throw new UsageException(
                "more than one file of orders: '" + given + "' and '" + words[i] + "'");
          }
          given = Path.of(words[i]);
        }
      }
    }
    Path orders = given == null ? home.resolve("data/orders.jsonl") : given;
    readable(orders, "orders");
    readable(stock, "stock");
    if (!Files.isDirectory(resources)) {
      throw new UsageException("there is no folder '" + resources + "' to read resources from");
    }
    return new Arguments(orders, stock, data, resources, report);
  }

  private static Path value(String[] words, int i) {
    if (i == words.length || words[i].isEmpty()) {
      throw new UsageException("option '" + words[i - 1] + "' needs a value");
    }
    return Path.of(words[i]);
  }

  private static void readable(Path file, String what) {
    if (!Files.isRegularFile(file) || !Files.isReadable(file)) {
      throw new UsageException("cannot read the " + what + " file '" + file + "'");
    }
  }
}
