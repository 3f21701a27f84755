package dev.inboard.kubernetes;

import dev.inboard.spi.ComponentSpec;
import dev.inboard.spi.Feature;
import dev.inboard.spi.conformance.SecretStoreConformance;
import dev.inboard.spi.secrets.SecretStoreDriver;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

/** Against a stand-in of the API server. */
class KubernetesSecretStoreConformanceTest extends SecretStoreConformance {
  @TempDir static Path folder;
  private static ApiServerStandIn server;

  @BeforeAll
  static void start() throws IOException {
    server = new ApiServerStandIn();
    SINGLE.forEach((name, value) -> server.put("shop", name, Map.of(name, value)));
    server.put("shop", MULTIPLE_NAME, MULTIPLE);
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  @Override
  protected SecretStoreDriver openDriver() throws IOException {
    String file = server.kubeconfig(folder, ApiServerStandIn.TOKEN).toString();
    return KubernetesSecretStoreDriver.open(
        ComponentSpec.of(
            "vault",
            "secretstores.kubernetes",
            Map.of("kubeconfigPath", file, "defaultNamespace", "shop")),
        null);
  }

  @Override
  public Set<Feature> expectedFeatures() {
    return Set.of(Feature.MULTIPLE_VALUES_PER_SECRET);
  }
}
