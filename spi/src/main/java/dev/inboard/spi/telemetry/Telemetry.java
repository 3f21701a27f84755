package dev.inboard.spi.telemetry;

/**
 * Listens to one runtime.
 *
 * <p>Called by many threads on their way to a store or a handler: nothing here may block or throw.
 */
public interface Telemetry extends AutoCloseable {
  /** Begins to listen to a component; called once for each. */
  ComponentTelemetry component(Component component);

  /** A document of policies takes effect. */
  void loadedPolicies(String document);

  /** Ends the listening, after every component was closed. */
  @Override
  void close();

  /**
   * A component of a runtime.
   *
   * @param block the first part of its type, such as {@code state}
   * @param name such as {@code orders}
   * @param type such as {@code state.redis}
   */
  record Component(String block, String name, String type) {}
}
