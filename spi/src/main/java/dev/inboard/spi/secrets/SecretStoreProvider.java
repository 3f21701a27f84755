package dev.inboard.spi.secrets;

import dev.inboard.spi.Provider;

/** Opens secret stores of one type, such as {@code secretstores.hashicorp.vault}. */
public interface SecretStoreProvider extends Provider<SecretStoreDriver> {}
