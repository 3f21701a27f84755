package dev.inboard.local;

import dev.inboard.spi.Feature;
import dev.inboard.spi.conformance.SecretStoreConformance;
import dev.inboard.spi.secrets.SecretStoreDriver;
import java.util.Set;

class LocalEnvSecretStoreConformanceTest extends SecretStoreConformance {
  @Override
  protected SecretStoreDriver openDriver() {
    return new LocalEnvSecretStoreDriver("env (secretstores.local.env)", "", SINGLE, false);
  }

  @Override
  public Set<Feature> expectedFeatures() {
    return Set.of();
  }
}
