/**
 * Secrets from HashiCorp Vault and OpenBao, over the JDK's HTTP client.
 *
 * <p>Begin with {@link dev.inboard.vault.VaultSecretStoreProvider}.
 */
@org.jspecify.annotations.NullMarked
package dev.inboard.vault;
