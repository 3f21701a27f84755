package dev.inboard.spi.configuration;

import java.util.concurrent.CompletionStage;

/**
 * A configuration store that can be written to: {@link
 * dev.inboard.spi.Feature#CONFIGURATION_WRITES}.
 */
public interface WritableConfigurationDriver extends ConfigurationDriver {
  /**
   * Writes an item, whether or not the key holds one.
   *
   * @param value not empty
   * @param version may be empty; neither it nor the value contains {@code ||}
   */
  CompletionStage<Void> set(String key, String value, String version);

  /** Removes an item, if there is one. */
  CompletionStage<Void> delete(String key);
}
