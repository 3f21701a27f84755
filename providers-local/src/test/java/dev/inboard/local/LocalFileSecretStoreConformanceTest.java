package dev.inboard.local;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.inboard.spi.ComponentSpec;
import dev.inboard.spi.Feature;
import dev.inboard.spi.conformance.SecretStoreConformance;
import dev.inboard.spi.secrets.SecretStoreDriver;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.io.TempDir;

class LocalFileSecretStoreConformanceTest {
  @Nested
  class Flat extends SecretStoreConformance {
    @TempDir Path folder;

    @Override
    protected SecretStoreDriver openDriver() throws IOException {
      return store(folder, "false");
    }

    @Override
    public Set<Feature> expectedFeatures() {
      return Set.of();
    }
  }

  @Nested
  class MultiValued extends SecretStoreConformance {
    @TempDir Path folder;

    @Override
    protected SecretStoreDriver openDriver() throws IOException {
      return store(folder, "true");
    }

    @Override
    public Set<Feature> expectedFeatures() {
      return Set.of(Feature.MULTIPLE_VALUES_PER_SECRET);
    }
  }

  private static SecretStoreDriver store(Path folder, String multiValued) throws IOException {
    Path file = folder.resolve("secrets.json");
    try (JsonGenerator json = new JsonFactory().createGenerator(Files.newOutputStream(file))) {
      json.writeStartObject();
      for (Map.Entry<String, String> secret : SecretStoreConformance.SINGLE.entrySet()) {
        json.writeStringField(secret.getKey(), secret.getValue());
      }
      json.writeObjectFieldStart(SecretStoreConformance.MULTIPLE_NAME);
      for (Map.Entry<String, String> value : SecretStoreConformance.MULTIPLE.entrySet()) {
        json.writeStringField(value.getKey(), value.getValue());
      }
      json.writeEndObject();
      json.writeEndObject();
    }
    return new LocalFileSecretStoreProvider()
        .open(
            ComponentSpec.of(
                "file",
                "secretstores.local.file",
                Map.of("secretsFile", file.toString(), "multiValued", multiValued)));
  }
}
