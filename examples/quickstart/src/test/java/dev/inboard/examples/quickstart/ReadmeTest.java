package dev.inboard.examples.quickstart;

import static org.assertj.core.api.Assertions.assertThat;

import dev.inboard.Inboard;
import dev.inboard.pubsub.Outcome;
import dev.inboard.state.StateStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The README's first screen is this code, and this code runs. */
class ReadmeTest {
  private static final Logger log = LoggerFactory.getLogger(ReadmeTest.class);
  private static final Path README = Path.of("../../README.md");
  private static final Path SOURCE =
      Path.of("src/test/java/dev/inboard/examples/quickstart/ReadmeTest.java");

  // README
  record Order(String id, String item, int quantity) {}

  private static String firstScreen(Path resources) {
    try (Inboard inboard =
        Inboard.builder()
            .appId("checkout")
            .resources(resources)
            .subscribe(
                "bus",
                "orders",
                Order.class,
                order -> {
                  log.info("got {}", order.data());
                  return Outcome.SUCCESS;
                })
            .start()) {

      StateStore orders = inboard.stateStore("orders");
      orders.save("17", new Order("17", "tea", 2));
      Order order = orders.get("17", Order.class).orElseThrow().value();

      inboard.pubSub("bus").publish("orders", order);
      String apiKey = inboard.secretStore("vault").get("payment").value("apiKey");
      // end of README
      return apiKey;
    }
  }

  @Test
  void firstScreenRuns(@TempDir Path folder) throws IOException {
    component(folder, "orders", "state.in-memory", "");
    component(folder, "bus", "pubsub.in-memory", "");
    Path secrets =
        Files.writeString(folder.resolve("secrets.json"), "{\"payment\":{\"apiKey\":\"k-1\"}}");
    component(
        folder,
        "vault",
        "secretstores.local.file",
        "  metadata:\n    - {name: secretsFile, value: '"
            + secrets
            + "'}\n    - {name: multiValued, value: true}\n");
    assertThat(firstScreen(folder)).isEqualTo("k-1");
  }

  private static void component(Path folder, String name, String type, String metadata)
      throws IOException {
    Files.writeString(
        folder.resolve(name + ".yaml"),
        "apiVersion: dapr.io/v1alpha1\nkind: Component\nmetadata:\n  name: "
            + name
            + "\nspec:\n  type: "
            + type
            + "\n"
            + metadata);
  }

  @Test
  void firstScreenIsThisCode() throws IOException {
    Matcher block =
        Pattern.compile("```java\n(.*?)```", Pattern.DOTALL).matcher(Files.readString(README));
    assertThat(block.find()).isTrue();
    String shown = bare(block.group(1)).replace("Path.of(\"resources\")", "resources");
    String source = Files.readString(SOURCE);
    String here = source.substring(source.indexOf("// README"), source.indexOf("// end of README"));
    assertThat(shown)
        .isEqualTo(bare(here).replace("privatestaticStringfirstScreen(Pathresources){", "") + "}");
  }

  /** The words alone: without comments, line breaks and blanks. */
  private static String bare(String code) {
    return code.replaceAll("//[^\n]*", "").replaceAll("\\s", "");
  }
}
