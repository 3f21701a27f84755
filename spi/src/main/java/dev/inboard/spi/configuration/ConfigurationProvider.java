package dev.inboard.spi.configuration;

import dev.inboard.spi.Provider;

/** Opens configuration stores of one type, such as {@code configuration.redis}. */
public interface ConfigurationProvider extends Provider<ConfigurationDriver> {}
