package dev.inboard.spi.configuration;

/** A watch that stands. Closing the driver ends it too. */
public interface ConfigurationWatch extends AutoCloseable {
  /**
   * Ends the watch and returns at once. A call of the receiver that is under way may end later.
   * Calling it again does nothing.
   */
  @Override
  void close();
}
