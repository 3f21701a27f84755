package dev.inboard.sqlite;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Each in a JVM of its own, since a library is loaded once. */
@Timeout(120)
class NativeLibraryTest {
  @TempDir Path folder;

  @Test
  void nextStartLoadsWhatTheFirstHasLeft() throws Exception {
    Path cache = Files.createDirectories(folder.resolve("cache"));
    assertThat(open(cache, "1")).isEqualTo("unpacked");
    Path copy = onlyFile(cache);
    assertThat(copy.getFileName()).hasToString(System.mapLibraryName("sqlitejdbc"));
    assertThat(open(cache, "2")).isEqualTo("loaded");
  }

  @Test
  void damagedCopyIsReplaced() throws Exception {
    Path cache = Files.createDirectories(folder.resolve("cache"));
    open(cache, "1");
    Path copy = onlyFile(cache);
    byte[] whole = Files.readAllBytes(copy);
    byte[] damaged = whole.clone();
    damaged[0] ^= 1;

    Files.write(copy, damaged);
    assertThat(open(cache, "2")).as("with nothing in the log").isEqualTo("unpacked");
    assertThat(copy).hasBinaryContent(whole);

    Files.write(copy, Arrays.copyOf(whole, whole.length / 2));
    assertThat(open(cache, "3")).as("with nothing in the log").isEqualTo("unpacked");
    assertThat(open(cache, "4")).isEqualTo("loaded");
  }

  @Test
  void cacheFolderThatCannotBeMadeIsNoObstacle() throws Exception {
    Path file = Files.writeString(folder.resolve("file"), "");
    assertThat(open(file, "1")).isEqualTo("unpacked");
  }

  private String open(Path cache, String name) throws Exception {
    Path output = folder.resolve("output" + name);
    Process child = ChildProcess.start(output, cache, "library", folder.resolve(name + ".db"));
    assertThat(child.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(child.exitValue()).isZero();
    return Files.readString(output).strip();
  }

  private static Path onlyFile(Path folder) throws IOException {
    try (Stream<Path> all = Files.walk(folder)) {
      List<Path> files = all.filter(Files::isRegularFile).toList();
      assertThat(files).hasSize(1);
      return files.get(0);
    }
  }
}
