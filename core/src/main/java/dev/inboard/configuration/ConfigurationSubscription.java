package dev.inboard.configuration;

import java.util.Map;

/**
 * Items that are kept up to date. Safe for use by many threads. Closing the runtime closes it too.
 */
public interface ConfigurationSubscription extends AutoCloseable {
  /**
   * Returns the items as they are now, as far as the store has told: from the moment of the
   * subscription on, without asking the store. The handler hears of a change soon after it shows
   * here.
   *
   * @return by key, unmodifiable; a key that holds nothing is left out
   */
  Map<String, ConfigurationItem> items();

  /**
   * Unsubscribes, and returns when the handler has returned if it is at work. Called from the
   * handler, it does not wait. Calling it again does nothing.
   */
  @Override
  void close();
}
