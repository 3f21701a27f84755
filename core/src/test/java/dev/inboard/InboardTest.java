package dev.inboard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.inboard.common.ErrorCode;
import dev.inboard.common.InboardException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InboardTest {
  private static final String ORDERS =
      """
      apiVersion: dapr.io/v1alpha1
      kind: Component
      metadata:
        name: orders
      spec:
        type: state.in-memory
      """;

  @TempDir Path folder;

  @Test
  void componentsComeFromResourceFilesAndProvidersFromTheClassPath() throws IOException {
    Files.writeString(folder.resolve("orders.yaml"), ORDERS);
    try (Inboard inboard = shop().resources(folder).start()) {
      assertThat(inboard.health())
          .isEqualTo(
              new Health(
                  true,
                  true,
                  java.util.List.of(
                      new Health.Component("orders", "state.in-memory", true, true, false, null))));
    }
  }

  @Test
  void severalFoldersAndFilesAddUp() throws IOException {
    Path one = Files.createDirectories(folder.resolve("one"));
    Files.writeString(one.resolve("a.yaml"), ORDERS.replace("orders", "a"));
    Path two = Files.writeString(folder.resolve("two.txt"), ORDERS.replace("orders", "b"));
    Path three = Files.writeString(folder.resolve("three.yml"), ORDERS.replace("orders", "c"));
    try (Inboard inboard = shop().resources(two, one).resources(three).start()) {
      assertThat(inboard.health().components())
          .extracting(Health.Component::name)
          .containsExactly("b", "a", "c");
    }
  }

  @Test
  void resourcesMayLieOnTheClassPath() {
    try (Inboard inboard = shop().resourcesOnClassPath("inboard-test").start()) {
      assertThat(inboard.health().components())
          .extracting(Health.Component::name)
          .containsExactly("carts");
    }
    try (Inboard inboard = shop().resourcesOnClassPath("inboard-test/carts.yaml").start()) {
      assertThat(inboard.health().ready()).isTrue();
    }
  }

  @Test
  void aMissingFolderIsRefused() {
    Path missing = folder.resolve("resuorces");
    assertRefused(
        shop().resources(missing),
        missing
            + ": no such file or folder ("
            + missing.toAbsolutePath()
            + "); create it or correct the path");
  }

  @Test
  void anEmptyFolderIsAWarningAndRefusedWhenStrict() {
    try (Inboard inboard = shop().resources(folder).start()) {
      assertThat(inboard.health()).isEqualTo(new Health(true, true, java.util.List.of()));
    }
    assertRefused(
        shop().resources(folder).strict(),
        folder
            + ": this folder has no .yaml or .yml file;"
            + " put resource files into it (subfolders are not read) or correct the path");
  }

  @Test
  void aFileThatIsNoYamlIsRefused() throws IOException {
    Path file =
        Files.writeString(
            folder.resolve("a.yaml"), "apiVersion: dapr.io/v1alpha1\nkind: [Component\n");
    assertRefused(
        shop().resources(folder),
        file + ":2: is no YAML: expected ',' or ']', but got <stream end>; correct the line");
  }

  @Test
  void aMisspeltFieldIsRefusedWhenStrict() throws IOException {
    Path file =
        Files.writeString(
            folder.resolve("a.yaml"),
            ORDERS + "  metadata:\n  - name: keyPrfix\n    value: none\n  version: v1\n");
    shop().resources(folder).start().close();
    assertThatExceptionOfType(InboardException.class)
        .isThrownBy(() -> shop().resources(folder).strict().start())
        .withMessageStartingWith(
            "start failed: INVALID_ARGUMENT: 1 problem:\n  "
                + file
                + ":8: orders (state.in-memory): ")
        .withMessageContaining("unknown field 'keyPrfix'");
  }

  @Test
  void aBuilderStartsOneRuntime() {
    InboardBuilder builder = shop().resourcesOnClassPath("inboard-test");
    builder.start().close();
    assertThatThrownBy(builder::start)
        .hasMessage(
            "start failed: CONFLICT: this builder has started a runtime before; make a new builder")
        .extracting(failure -> ((InboardException) failure).code())
        .isEqualTo(ErrorCode.CONFLICT);
  }

  @Test
  void anotherRuntimeStartsWhereOneWasClosed() {
    for (int i = 0; i < 3; i++) {
      try (Inboard inboard = shop().resourcesOnClassPath("inboard-test").start()) {
        assertThat(inboard.health().ready()).isTrue();
      }
    }
  }

  @Test
  void aClosedRuntimeIsNotLive() {
    Inboard inboard = shop().resourcesOnClassPath("inboard-test").start();
    inboard.close();
    inboard.close();
    assertThat(inboard.health(Duration.ofSeconds(1)).live()).isFalse();
  }

  @Test
  void argumentsAreCheckedWhereTheyAreGiven() {
    assertThatThrownBy(() -> Inboard.builder().drainTimeout(Duration.ofSeconds(-1)))
        .hasMessage("the drain timeout PT-1S is negative");
    assertThatThrownBy(() -> Inboard.builder().appId(null))
        .isInstanceOf(NullPointerException.class);
  }

  private static InboardBuilder shop() {
    return Inboard.builder().appId("shop");
  }

  private static void assertRefused(InboardBuilder builder, String problem) {
    assertThatThrownBy(builder::start)
        .hasMessage("start failed: INVALID_ARGUMENT: 1 problem:\n  " + problem);
  }
}
