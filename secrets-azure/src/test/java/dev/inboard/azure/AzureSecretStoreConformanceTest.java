package dev.inboard.azure;

import dev.inboard.spi.ComponentSpec;
import dev.inboard.spi.Feature;
import dev.inboard.spi.conformance.SecretStoreConformance;
import dev.inboard.spi.secrets.SecretStoreDriver;
import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

/** Against a stand-in of the vault and of the login service. */
class AzureSecretStoreConformanceTest extends SecretStoreConformance {
  @TempDir static Path folder;
  private static KeyVaultStandIn vault;

  @BeforeAll
  static void start() throws Exception {
    vault = new KeyVaultStandIn(folder);
    SINGLE.forEach(vault::put);
    VERSIONS.forEach(version -> vault.put(VERSIONS_NAME, version));
  }

  @AfterAll
  static void stop() {
    vault.close();
  }

  @Override
  protected SecretStoreDriver openDriver() {
    return AzureSecretStoreDriver.open(
        ComponentSpec.of("vault", "secretstores.azure.keyvault", vault.metadata()),
        vault.client(),
        "https://" + vault.host() + "/",
        false);
  }

  @Override
  public Set<Feature> expectedFeatures() {
    return Set.of(Feature.SECRET_VERSIONS);
  }

  @Override
  public String olderVersion() {
    return KeyVaultStandIn.version(1);
  }

  @Override
  public String unknownVersion() {
    return KeyVaultStandIn.version(9);
  }
}
