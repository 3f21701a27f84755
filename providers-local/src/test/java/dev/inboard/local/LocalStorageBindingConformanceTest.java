package dev.inboard.local;

import dev.inboard.spi.ComponentSpec;
import dev.inboard.spi.Feature;
import dev.inboard.spi.bindings.BindingDriver;
import dev.inboard.spi.conformance.BindingConformance;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.io.TempDir;

class LocalStorageBindingConformanceTest extends BindingConformance {
  @TempDir Path folder;

  @Override
  protected BindingDriver openDriver() {
    return new LocalStorageBindingProvider()
        .open(
            ComponentSpec.of(
                "files",
                "bindings.localstorage",
                Map.of("rootPath", folder.resolve("made/when/missing").toString())));
  }

  @Override
  public Set<Feature> expectedFeatures() {
    return Set.of(Feature.DURABLE);
  }

  @Override
  public Set<String> expectedOperations() {
    return Set.of("create", "get", "list", "delete");
  }

  @Override
  public Map<String, String> naming(String thing) {
    return Map.of("fileName", "sub/" + thing);
  }
}
