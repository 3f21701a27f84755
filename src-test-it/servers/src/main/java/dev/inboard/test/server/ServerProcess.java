package dev.inboard.test.server;

import java.time.Duration;

/**
 * How a server is run: as a {@link NativeProcess}, or as a {@link ContainerProcess} where only
 * Docker has it. Used by one thread at a time.
 */
interface ServerProcess extends AutoCloseable {
  /** Starts the process, on the data that an earlier one left. */
  void launch();

  /**
   * Asks the process to end and waits for that.
   *
   * @throws IllegalStateException when it had to be killed because the time was over
   */
  void terminate(Duration atMost);

  /** Ends the process and its children at once, and waits until they are gone. */
  void kill();

  /** Freezes the process and its children. */
  void stall();

  /** Lets them go on; does nothing when they are not frozen. */
  void resume();

  boolean isAlive();

  /** Returns what the process prints. */
  Output output();

  /**
   * Runs a tool of the server beside it, with the server's environment.
   *
   * @return what the tool printed
   * @throws IllegalStateException when the tool fails
   */
  String run(String... command);

  /** Ends the process if it still runs and releases everything. */
  @Override
  void close();
}
