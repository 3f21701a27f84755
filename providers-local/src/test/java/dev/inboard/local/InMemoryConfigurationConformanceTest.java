package dev.inboard.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.inboard.common.InboardException;
import dev.inboard.spi.ComponentSpec;
import dev.inboard.spi.Feature;
import dev.inboard.spi.configuration.ConfigurationDriver;
import dev.inboard.spi.configuration.StoredItem;
import dev.inboard.spi.configuration.WritableConfigurationDriver;
import dev.inboard.spi.conformance.ConfigurationConformance;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class InMemoryConfigurationConformanceTest extends ConfigurationConformance {
  @Override
  protected ConfigurationDriver openDriver() {
    return open(Map.of());
  }

  private static ConfigurationDriver open(Map<String, String> fields) {
    return new InMemoryConfigurationProvider()
        .open(ComponentSpec.of("settings", "configuration.in-memory", fields));
  }

  @Override
  protected Set<Feature> expectedFeatures() {
    return Set.of(Feature.CONFIGURATION_WRITES);
  }

  private WritableConfigurationDriver writable() {
    return (WritableConfigurationDriver) driver();
  }

  @Override
  protected void put(String key, String value, String version) {
    writable().set(key, value, version).toCompletableFuture().join();
  }

  @Override
  protected void remove(String key) {
    writable().delete(key).toCompletableFuture().join();
  }

  @Test
  @DisplayName("it holds at first what the component's file says")
  void firstItems() {
    try (ConfigurationDriver driver =
        open(
            Map.of(
                "items", "{\"orders\":{\"limit\":10,\"currency\":\"EUR||v3\"},\"none\":\"\"}"))) {
      assertThat(driver.get(Set.of()).toCompletableFuture().join())
          .isEqualTo(
              Map.of(
                  "orders.limit", new StoredItem("10", ""),
                  "orders.currency", new StoredItem("EUR", "v3")));
    }
  }

  @Test
  @DisplayName("items that are no JSON object are refused, with the place")
  void brokenItems() {
    assertThatThrownBy(() -> open(Map.of("items", "[1]")))
        .isInstanceOf(InboardException.class)
        .hasMessageContaining("does not begin with an object (line 1, column 1)");
  }
}
