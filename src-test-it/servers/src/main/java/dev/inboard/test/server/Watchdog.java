package dev.inboard.test.server;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Kills what this JVM has started when the JVM ends, however it ends. A small shell holds the list
 * of process ids; it reads them from a pipe, and the end of the pipe is the end of the JVM.
 */
final class Watchdog {
  private static final String SCRIPT =
      """
      trap '' INT TERM HUP
      pids=
      while read -r change pid; do
        case $change in
          +) pids="$pids $pid" ;;
          -) rest=
             for p in $pids; do [ "$p" = "$pid" ] || rest="$rest $p"; done
             pids=$rest ;;
        esac
      done
      for p in $pids; do kill -9 "$p"; done
      """;

  private static @Nullable Writer pipe;

  private Watchdog() {}

  /** Kills {@code process} at the end of this JVM if it still runs then. */
  static void watch(Process process) {
    tell("+ " + process.pid());
    var unused = process.onExit().thenAccept(ended -> tell("- " + ended.pid()));
  }

  private static synchronized void tell(String line) {
    try {
      if (pipe == null) {
        pipe = start();
      }
      pipe.write(line + "\n");
      pipe.flush();
    } catch (IOException e) {
      throw new UncheckedIOException("the watchdog shell is gone", e);
    }
  }

  private static Writer start() throws IOException {
    Process shell =
        new ProcessBuilder("sh", "-c", SCRIPT)
            .redirectOutput(Redirect.DISCARD)
            .redirectError(Redirect.DISCARD)
            .start();
    return shell.outputWriter(StandardCharsets.US_ASCII);
  }
}
