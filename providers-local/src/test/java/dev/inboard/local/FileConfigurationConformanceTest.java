package dev.inboard.local;

import dev.inboard.spi.ComponentSpec;
import dev.inboard.spi.Feature;
import dev.inboard.spi.configuration.ConfigurationDriver;
import dev.inboard.spi.conformance.ConfigurationConformance;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import org.junit.jupiter.api.io.TempDir;

class FileConfigurationConformanceTest extends ConfigurationConformance {
  @TempDir static Path folder;
  private final Properties items = new Properties();
  private final Path file = folder.resolve(unique + "properties");

  FileConfigurationConformanceTest() {
    store();
  }

  /** Replaces the file as a whole, as whoever maintains it should. */
  private synchronized void store() {
    Path next = folder.resolve(unique + "next");
    try (var writer = Files.newBufferedWriter(next)) {
      items.store(writer, null);
      writer.close();
      Files.move(next, file, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  protected ConfigurationDriver openDriver() {
    return new FileConfigurationProvider()
        .open(
            ComponentSpec.of(
                "settings",
                "configuration.file",
                Map.of("configurationFile", file.toString(), "pollInterval", "20ms")));
  }

  @Override
  protected Set<Feature> expectedFeatures() {
    return Set.of(Feature.DURABLE);
  }

  @Override
  protected synchronized void put(String key, String value, String version) {
    items.setProperty(key, version.isEmpty() ? value : value + "||" + version);
    store();
  }

  @Override
  protected synchronized void remove(String key) {
    items.remove(key);
    store();
  }
}
