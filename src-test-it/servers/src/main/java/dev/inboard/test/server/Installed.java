package dev.inboard.test.server;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Finds the programs of this machine. */
final class Installed {
  private Installed() {}

  /** Returns the first {@code program} on the PATH. */
  static Optional<Path> onPath(String program) {
    String path = Optional.ofNullable(System.getenv("PATH")).orElse("");
    return Stream.of(path.split(File.pathSeparator))
        .filter(folder -> !folder.isEmpty())
        .map(folder -> Path.of(folder, program))
        .filter(Files::isExecutable)
        .findFirst();
  }

  /**
   * Returns the program in the newest of the versions side by side.
   *
   * @param versions a folder with one folder for each version, named by a number
   * @param program the path inside a version's folder
   */
  static Optional<Path> newest(Path versions, String program) {
    if (!Files.isDirectory(versions)) {
      return Optional.empty();
    }
    try (Stream<Path> folders = Files.list(versions)) {
      List<Path> found =
          folders
              .filter(folder -> folder.getFileName().toString().matches("[0-9]+"))
              .filter(folder -> Files.isExecutable(folder.resolve(program)))
              .toList();
      return found.stream()
          .max(Comparator.comparing(folder -> Integer.valueOf(folder.getFileName().toString())))
          .map(folder -> folder.resolve(program));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Returns the folder where a script of {@code dev/servers} leaves what it has made, or would. */
  static Path cached(String name) {
    String cache =
        Optional.ofNullable(System.getenv("XDG_CACHE_HOME"))
            .orElse(System.getProperty("user.home") + "/.cache");
    return Path.of(cache, "inboard", name);
  }

  /** Returns whether this JVM runs as root, as which some servers refuse to run. */
  static boolean asRoot() {
    return "root".equals(System.getProperty("user.name"));
  }
}
