package dev.inboard.spi.lock;

import dev.inboard.spi.Provider;

/** Opens lock stores of one type, such as {@code lock.redis}. */
public interface LockProvider extends Provider<LockDriver> {}
