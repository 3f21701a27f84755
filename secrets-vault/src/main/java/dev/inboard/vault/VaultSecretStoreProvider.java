package dev.inboard.vault;

import dev.inboard.common.ErrorCode;
import dev.inboard.common.InboardException;
import dev.inboard.spi.ComponentSpec;
import dev.inboard.spi.Option;
import dev.inboard.spi.secrets.SecretStoreDriver;
import dev.inboard.spi.secrets.SecretStoreProvider;
import java.util.List;

/**
 * Opens {@code secretstores.hashicorp.vault}: secrets of a KV engine, version 2 or 1, of HashiCorp
 * Vault or OpenBao.
 *
 * <p>A secret called {@code payment} is read below {@code enginePath} and, unless {@code
 * vaultKVUsePrefix} is false, below {@code vaultKVPrefix}: by default at {@code
 * secret/dapr/payment}. A value that is no string is its JSON text. Request metadata: {@code
 * version_id}.
 *
 * <p>Opening fails when the server cannot be reached, is sealed, or does not accept the login.
 * Tokens from a login are renewed before they expire; when one can be renewed no more, the driver
 * logs in again.
 */
public final class VaultSecretStoreProvider implements SecretStoreProvider {
  /** For {@link java.util.ServiceLoader}. */
  public VaultSecretStoreProvider() {}

  @Override
  public String type() {
    return "secretstores.hashicorp.vault";
  }

  @Override
  public List<Option<?>> options() {
    return VaultOptions.ALL;
  }

  @Override
  public List<String> check(ComponentSpec spec) {
    return VaultOptions.check(spec, System.getenv());
  }

  @Override
  public SecretStoreDriver open(ComponentSpec spec) {
    List<String> problems = check(spec);
    if (!problems.isEmpty()) {
      throw new InboardException(
          ErrorCode.INVALID_ARGUMENT, spec.label(), "open", String.join("; ", problems));
    }
    return VaultSecretStoreDriver.open(spec);
  }
}
