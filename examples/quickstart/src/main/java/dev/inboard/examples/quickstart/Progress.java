package dev.inboard.examples.quickstart;

import java.io.PrintStream;
import java.util.Locale;

/** Shows how far the shop is: a bar on a terminal, a plain line now and then elsewhere. */
final class Progress {
  private static final int WIDTH = 40;

  private final PrintStream out;
  private final boolean terminal;
  private final long total;
  private long shownTenth = -1;

  Progress(PrintStream out, boolean terminal, long total) {
    this.out = out;
    this.terminal = terminal;
    this.total = total;
  }

  void show(long done) {
    if (total == 0) {
      return;
    }
    if (terminal) {
      int filled = (int) (WIDTH * done / total);
      out.printf(
          Locale.ROOT,
          "\r[%s%s] %3d%%  %,d of %,d orders%s",
          "#".repeat(filled),
          ".".repeat(WIDTH - filled),
          100 * done / total,
          done,
          total,
          done == total ? System.lineSeparator() : "");
      out.flush();
    } else if (10 * done / total > shownTenth) {
      shownTenth = 10 * done / total;
      out.printf(Locale.ROOT, "%d of %d orders handled%n", done, total);
    }
  }
}
