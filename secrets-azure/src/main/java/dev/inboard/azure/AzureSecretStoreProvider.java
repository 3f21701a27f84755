package dev.inboard.azure;

import dev.inboard.common.ErrorCode;
import dev.inboard.common.InboardException;
import dev.inboard.spi.ComponentSpec;
import dev.inboard.spi.Option;
import dev.inboard.spi.secrets.SecretStoreDriver;
import dev.inboard.spi.secrets.SecretStoreProvider;
import java.net.http.HttpClient;
import java.util.List;

/**
 * Opens {@code secretstores.azure.keyvault}: secrets of one Azure Key Vault.
 *
 * <p>Request metadata: {@code version_id}. Opening fails when the vault cannot be reached or does
 * not accept the credentials.
 */
public final class AzureSecretStoreProvider implements SecretStoreProvider {
  /** For {@link java.util.ServiceLoader}. */
  public AzureSecretStoreProvider() {}

  @Override
  public String type() {
    return "secretstores.azure.keyvault";
  }

  @Override
  public List<Option<?>> options() {
    return AzureOptions.ALL;
  }

  @Override
  public List<String> check(ComponentSpec spec) {
    return AzureOptions.check(spec);
  }

  @Override
  public SecretStoreDriver open(ComponentSpec spec) {
    List<String> problems = check(spec);
    if (!problems.isEmpty()) {
      throw new InboardException(
          ErrorCode.INVALID_ARGUMENT, spec.label(), "open", String.join("; ", problems));
    }
    HttpClient http =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(spec.get(AzureOptions.TIMEOUT))
            .build();
    return AzureSecretStoreDriver.open(spec, http, AzureOptions.cloud(spec).authority, true);
  }
}
