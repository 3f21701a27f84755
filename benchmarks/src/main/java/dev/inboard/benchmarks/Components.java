package dev.inboard.benchmarks;

import dev.inboard.Inboard;
import dev.inboard.InboardBuilder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Runtimes for benchmarks, each on a resource folder of its own as an application has one. */
public final class Components {
  private Components() {}

  /** Returns a builder of a runtime {@code bench} with one component. */
  public static InboardBuilder runtime(String name, String type, Map<String, String> metadata) {
    return runtime(name, type, "v1", metadata);
  }

  /** Returns a builder of a runtime {@code bench} with one component of a version. */
  public static InboardBuilder runtime(
      String name, String type, String version, Map<String, String> metadata) {
    Path folder = folder();
    StringBuilder yaml =
        new StringBuilder(
            """
            apiVersion: dapr.io/v1alpha1
            kind: Component
            metadata:
              name: %s
            spec:
              type: %s
              version: %s
              metadata:
            """
                .formatted(name, type, version));
    metadata.forEach(
        (field, value) ->
            yaml.append("  - name: ")
                .append(field)
                .append("\n    value: '")
                .append(value.replace("'", "''"))
                .append("'\n"));
    try {
      Files.writeString(folder.resolve("component.yaml"), yaml);
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
    return Inboard.builder().appId("bench").resources(folder).dataFolder(folder.resolve("data"));
  }

  /**
   * Makes a folder on the disk the project lies on (not in memory); this JVM deletes it at its end.
   */
  public static Path folder() {
    try {
      Path target = Path.of(System.getProperty("bench.home", ".")).resolve("benchmarks/target");
      Path folder =
          Files.createTempDirectory(Files.createDirectories(target), "run").toAbsolutePath();
      Runtime.getRuntime().addShutdownHook(new Thread(() -> delete(folder)));
      return folder;
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  private static void delete(Path folder) {
    try (Stream<Path> paths = Files.walk(folder)) {
      List<Path> deepestFirst = paths.sorted(Comparator.reverseOrder()).toList();
      for (Path path : deepestFirst) {
        Files.deleteIfExists(path);
      }
    } catch (IOException left) {
      System.err.println("left behind: " + left.getMessage());
    }
  }
}
