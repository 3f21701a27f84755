package dev.inboard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.inboard.common.InboardException;
import dev.inboard.pubsub.Outcome;
import dev.inboard.spi.Durability;
import dev.inboard.spi.Feature;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The dry run of a start, its command, and the report about components. */
class CheckTest {
  @TempDir Path folder;

  @BeforeEach
  void files() throws IOException {
    write(
        "shelf.yaml",
        """
        apiVersion: dapr.io/v1alpha1
        kind: Component
        metadata: {name: shelf}
        spec: {type: state.in-memory, version: v1}
        ---
        apiVersion: dapr.io/v1alpha1
        kind: Component
        metadata: {name: bus}
        spec: {type: pubsub.in-memory, version: v1}
        ---
        apiVersion: dapr.io/v2alpha1
        kind: Subscription
        metadata: {name: orders}
        spec: {pubsubname: bus, topic: orders, routes: {default: /handle}}
        """);
  }

  private void write(String name, String text) throws IOException {
    Files.writeString(folder.resolve(name), text);
  }

  private void writeBadFiles() throws IOException {
    write(
        "bad.yaml",
        """
        apiVersion: dapr.io/v1alpha1
        kind: Component
        metadata: {name: other}
        spec: {type: state.mystery, version: v1}
        ---
        apiVersion: dapr.io/v1alpha1
        kind: Resiliency
        metadata: {name: r}
        spec:
          policies: {timeouts: {general: soon}}
          targets: {components: {shelf: {outbound: {retry: never}}}}
        """);
  }

  private record Run(int code, String text) {}

  private static Run run(String... arguments) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    int code = Check.run(new PrintStream(bytes, true, StandardCharsets.UTF_8), arguments);
    return new Run(code, bytes.toString(StandardCharsets.UTF_8));
  }

  @Test
  void goodFilesAreGood() {
    assertThat(Inboard.check(folder).isGood()).isTrue();
    assertThat(run(folder.toString())).isEqualTo(new Run(0, "no problems, no warnings\n"));
  }

  @Test
  @DisplayName("every problem of every file is printed, with file, line and cure")
  void everyProblemIsPrinted() throws IOException {
    writeBadFiles();
    Run run = run("--app-id", "shop", folder.toString());
    assertThat(run.code()).isEqualTo(1);
    assertThat(run.text())
        .contains(
            "bad.yaml:10: Resiliency 'r': spec.policies.timeouts.general 'soon' is no duration")
        .contains("bad.yaml:11: retry policy 'never' is not defined")
        .contains("other (state.mystery): no provider found for this type")
        .endsWith("3 problems, no warnings\n");
    assertThat(Inboard.check(folder).problems()).hasSize(3);
  }

  @Test
  @DisplayName("handlers are known by their names, if any are given")
  void handlersCanBeNamed() {
    assertThat(run("--handler", "handle", folder.toString()).code()).isZero();
    Run run = run("--handler", "handel", folder.toString());
    assertThat(run.code()).isEqualTo(1);
    assertThat(run.text()).contains("names the handler 'handle', which does not exist");
  }

  @Test
  @DisplayName("the builder checks the code too, and opens nothing")
  void builderChecksTheCode() {
    CheckReport report =
        Inboard.builder()
            .appId("shop")
            .resources(folder)
            .subscribe("buss", "orders", String.class, event -> Outcome.SUCCESS)
            .check();
    assertThat(report.problems())
        .hasSize(2)
        .anyMatch(problem -> problem.contains("'buss'"))
        .anyMatch(problem -> problem.contains("the handler 'handle', which does not exist"));
  }

  @Test
  void commandsThatMakeNoSenseAreExplained() {
    assertThat(run("--help").code()).isZero();
    assertThat(run().code()).isEqualTo(2);
    assertThat(run("--app-id").text()).startsWith("--app-id needs a value\nUsage:");
    assertThat(run("--verbose", "x").code()).isEqualTo(2);
    assertThat(run(folder.resolve("nothing").toString()).code()).isEqualTo(1);
  }

  @Test
  @DisplayName("the start fails when a component lacks what the application needs")
  void needsAreChecked() throws IOException {
    Files.delete(folder.resolve("shelf.yaml"));
    write(
        "shelf.yaml",
        """
        apiVersion: dapr.io/v1alpha1
        kind: Component
        metadata: {name: shelf}
        spec: {type: state.in-memory, version: v1}
        ---
        apiVersion: dapr.io/v1alpha1
        kind: Component
        metadata: {name: bus}
        spec: {type: pubsub.in-memory, version: v1}
        """);
    try (Inboard inboard =
        builder()
            .needs("shelf", Feature.ETAG, Feature.TRANSACTIONAL)
            .needs("shelf", Durability.MEMORY)
            .needs("bus", Feature.MESSAGE_TTL)
            .start()) {
      assertThat(inboard.portability().isMet()).isTrue();
      assertThat(inboard.portability().components())
          .filteredOn(component -> component.name().equals("bus"))
          .singleElement()
          .satisfies(bus -> assertThat(bus.emulated()).containsExactly(Feature.MESSAGE_TTL));
    }
    assertThatThrownBy(
            () ->
                builder()
                    .needs("shelf", Feature.DURABLE)
                    .needs("shelf", Durability.FSYNC)
                    .needs("bus", Feature.ORDER_PER_KEY, Feature.DELAYED_PUBLISH)
                    .start())
        .isInstanceOf(InboardException.class)
        .hasMessageContaining("UNSUPPORTED")
        .hasMessageContaining("shelf (state.in-memory): needed DURABLE")
        .hasMessageContaining("missing DURABLE")
        .hasMessageContaining("kept in memory, needed: synced to disk  <-- not met");
    assertThatThrownBy(() -> builder().needs("shelv", Feature.ETAG).start())
        .hasMessageContaining(
            "the need of 'shelv' is for a component that does not exist; did you mean 'shelf'?");
  }

  private InboardBuilder builder() {
    return Inboard.builder().appId("shop").resources(folder);
  }
}
