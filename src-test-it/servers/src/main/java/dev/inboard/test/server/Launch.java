package dev.inboard.test.server;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * What is needed to run a server, wherever it runs.
 *
 * @param name what messages call it
 * @param folder where it runs and finds its files
 * @param command the program and its arguments
 * @param environment added to what the process inherits
 * @param stopSignal the signal that ends it in good order
 */
record Launch(
    String name,
    Path folder,
    List<String> command,
    Map<String, String> environment,
    String stopSignal) {

  Launch {
    command = List.copyOf(command);
    environment = Map.copyOf(environment);
  }

  static Launch of(String name, Path folder, List<String> command) {
    return new Launch(name, folder, command, Map.of(), "TERM");
  }

  Launch withEnvironment(Map<String, String> variables) {
    return new Launch(name, folder, command, variables, stopSignal);
  }

  Launch withStopSignal(String signal) {
    return new Launch(name, folder, command, environment, signal);
  }
}
