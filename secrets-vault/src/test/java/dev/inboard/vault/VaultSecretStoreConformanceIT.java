package dev.inboard.vault;

import dev.inboard.spi.Feature;
import dev.inboard.spi.conformance.SecretStoreConformance;
import dev.inboard.spi.secrets.SecretStoreDriver;
import dev.inboard.test.server.OpenBaoServer;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.extension.RegisterExtension;

class VaultSecretStoreConformanceIT {
  @RegisterExtension static final OpenBaoServer bao = OpenBaoServer.shared();

  @Nested
  class KvVersion2 extends SecretStoreConformance {
    private final String prefix = Vaults.prefix();

    KvVersion2() {
      SINGLE.forEach((name, value) -> put(name, Map.of(name, value)));
      put(MULTIPLE_NAME, MULTIPLE);
      VERSIONS.forEach(value -> put(VERSIONS_NAME, Map.of(VERSIONS_NAME, value)));
    }

    private void put(String name, Map<String, String> values) {
      Vaults.put(bao, prefix + "/" + name, values);
    }

    @Override
    protected SecretStoreDriver openDriver() {
      return Vaults.open(Vaults.metadata(bao, prefix));
    }

    @Override
    public Set<Feature> expectedFeatures() {
      return Set.of(Feature.MULTIPLE_VALUES_PER_SECRET, Feature.SECRET_VERSIONS);
    }
  }

  @Nested
  class KvVersion1 extends SecretStoreConformance {
    private final String mount = Vaults.prefix();

    KvVersion1() {
      bao.mountKv(mount, 1);
      SINGLE.forEach((name, value) -> put(name, Map.of(name, value)));
      put(MULTIPLE_NAME, MULTIPLE);
    }

    private void put(String name, Map<String, String> values) {
      bao.api("POST", mount + "/dapr/" + name, Vaults.json(values));
    }

    @Override
    protected SecretStoreDriver openDriver() {
      return Vaults.open(
          Map.of(
              "vaultAddr",
              bao.uri(),
              "vaultToken",
              bao.rootToken(),
              "enginePath",
              mount,
              "engineVersion",
              "1"));
    }

    @Override
    public Set<Feature> expectedFeatures() {
      return Set.of(Feature.MULTIPLE_VALUES_PER_SECRET);
    }
  }
}
