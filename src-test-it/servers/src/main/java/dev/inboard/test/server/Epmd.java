package dev.inboard.test.server;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * The name service of Erlang nodes, one for all of this JVM. Without it the first node would leave
 * one behind that outlives the tests; this one ends with the JVM.
 */
final class Epmd {
  static final int PORT = FreePorts.take();

  private static boolean running;

  private Epmd() {}

  /** Starts it if it does not run. Containers bring their own and use the same port. */
  static synchronized void start() {
    Optional<Path> program = Installed.onPath("epmd");
    if (running || program.isEmpty()) {
      return;
    }
    String port = Integer.toString(PORT);
    new NativeProcess(
            Launch.of(
                "epmd",
                Path.of(System.getProperty("java.io.tmpdir")),
                List.of(program.get().toString(), "-port", port, "-address", "127.0.0.1")))
        .launch();
    running = true;
  }
}
