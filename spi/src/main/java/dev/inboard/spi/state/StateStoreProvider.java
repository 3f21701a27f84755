package dev.inboard.spi.state;

import dev.inboard.spi.Provider;

/** Opens state stores of one type, such as {@code state.redis}. */
public interface StateStoreProvider extends Provider<StateStoreDriver> {}
