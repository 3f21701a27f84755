package dev.inboard.spi.bindings;

import dev.inboard.spi.Provider;

/**
 * Opens bindings of one type, such as {@code bindings.kafka}. What it opens implements {@link
 * InputBindingDriver}, {@link OutputBindingDriver}, or both.
 */
public interface BindingProvider extends Provider<BindingDriver> {}
