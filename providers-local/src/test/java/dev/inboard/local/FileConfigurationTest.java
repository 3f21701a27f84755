package dev.inboard.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.inboard.common.ErrorCode;
import dev.inboard.common.InboardException;
import dev.inboard.spi.ComponentSpec;
import dev.inboard.spi.configuration.ConfigurationDriver;
import dev.inboard.spi.configuration.ConfigurationReceiver;
import dev.inboard.spi.configuration.StoredItem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code configuration.file} where a file can be odd. */
class FileConfigurationTest {
  private static final Duration LIMIT = Duration.ofSeconds(60);

  @TempDir Path folder;
  private @Nullable ConfigurationDriver driver;

  @AfterEach
  void close() {
    if (driver != null) {
      driver.close();
    }
  }

  private ConfigurationDriver open(Path file) {
    driver =
        new FileConfigurationProvider()
            .open(
                ComponentSpec.of(
                    "settings",
                    "configuration.file",
                    Map.of("configurationFile", file.toString(), "pollInterval", "20ms")));
    return driver;
  }

  private Path file(String name, String text) throws IOException {
    return Files.writeString(folder.resolve(name), text);
  }

  private static Map<String, StoredItem> all(ConfigurationDriver driver) {
    return driver.get(Set.of()).toCompletableFuture().join();
  }

  @Test
  @DisplayName("nested JSON is flattened; numbers and truth values are their text")
  void json() throws IOException {
    Path file =
        file(
            "settings.json",
            "{\"orders\": {\"limit\": 10, \"strict\": true, \"hosts\": [\"a\", \"b||v2\"]}, \"x\": \"1||2||3\"}");
    assertThat(all(open(file)))
        .isEqualTo(
            Map.of(
                "orders.limit", new StoredItem("10", ""),
                "orders.strict", new StoredItem("true", ""),
                "orders.hosts.0", new StoredItem("a", ""),
                "orders.hosts.1", new StoredItem("b", "v2"),
                "x", new StoredItem("1", "2")));
  }

  @Test
  @DisplayName("a missing file stops the start")
  void missing() {
    assertThatThrownBy(() -> open(folder.resolve("none.json")))
        .isInstanceOf(InboardException.class)
        .hasMessageContaining("NOT_FOUND")
        .hasMessageContaining("correct 'configurationFile'");
  }

  @ParameterizedTest
  @CsvSource({
    "a.json, '[1]', does not begin with an object",
    "a.json, '{\"a\":1} x', is no valid JSON",
    "a.json, '{\"a\":1,', is no valid JSON",
    "a.json, '{\"a\":{\"b\":1},\"a.b\":2}', has two values called 'a.b'",
    "a.properties, 'a=\\u12', is no properties file"
  })
  @DisplayName("a broken file stops the start, and the error says where")
  void broken(String name, String text, String problem) throws IOException {
    Path file = file(name, text);
    assertThatThrownBy(() -> open(file))
        .isInstanceOf(InboardException.class)
        .hasMessageContaining("DATA_LOSS")
        .hasMessageContaining(problem);
  }

  @Test
  @DisplayName(
      "while the file is broken a watch keeps what it held, and the ping says what is wrong")
  void brokenLater() throws IOException {
    Path file = file("settings.json", "{\"a\": \"1\"}");
    Latest latest = new Latest();
    open(file).watch(Set.of(), latest).toCompletableFuture().join();
    Files.writeString(file, "{\"a\": ");
    await()
        .atMost(LIMIT)
        .untilAsserted(
            () ->
                assertThatThrownBy(() -> driver.ping().toCompletableFuture().join())
                    .isInstanceOf(CompletionException.class)
                    .cause()
                    .extracting(failure -> ((InboardException) failure).code())
                    .isEqualTo(ErrorCode.DATA_LOSS));
    assertThat(latest.items).isEqualTo(Map.of("a", new StoredItem("1", "")));
    Files.delete(file);
    Files.writeString(file, "{\"b\": \"2\"}");
    await()
        .atMost(LIMIT)
        .untilAsserted(
            () -> assertThat(latest.items).isEqualTo(Map.of("b", new StoredItem("2", ""))));
    driver.ping().toCompletableFuture().join();
  }

  @Test
  @DisplayName(
      "a link that is turned to another file counts as a change, as on a mounted ConfigMap")
  void turnedLink() throws IOException {
    file("one.json", "{\"a\": \"1\"}");
    file("two.json", "{\"a\": \"2\"}");
    Path link = folder.resolve("settings.json");
    Files.createSymbolicLink(link, folder.resolve("one.json"));
    Latest latest = new Latest();
    open(link).watch(Set.of("a"), latest).toCompletableFuture().join();
    assertThat(latest.items).containsValue(new StoredItem("1", ""));
    Files.delete(link);
    Files.createSymbolicLink(link, folder.resolve("two.json"));
    await()
        .atMost(LIMIT)
        .untilAsserted(() -> assertThat(latest.items).containsValue(new StoredItem("2", "")));
  }

  private static final class Latest implements ConfigurationReceiver {
    private volatile Map<String, StoredItem> items = Map.of();

    @Override
    public void changed(Map<String, @Nullable StoredItem> changes) {
      throw new AssertionError("a file is always told as a whole");
    }

    @Override
    public void reset(Map<String, StoredItem> all) {
      items = Map.copyOf(all);
    }
  }
}
