package dev.inboard.internal.resources;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SourceTest {
  @TempDir Path folder;

  @Test
  void theYamlFilesOfAFolderAreReadInTheOrderOfTheirNames() throws IOException {
    write("b.yaml", "b");
    write("A.YML", "A");
    write("a.yml", "a");
    write("notes.txt", "[");
    Files.createDirectories(folder.resolve("sub.yaml"));
    write("sub.yaml/c.yaml", "c");
    assertThat(read(new FileSource(folder)).resources.components())
        .extracting(ComponentResource::name)
        .containsExactly("A", "a", "b");
  }

  @Test
  void problemsNameTheFileAsTheApplicationNamedIt() throws IOException {
    Path file = write("a.yaml", "a");
    Files.writeString(file, "a: [");
    Path named = Path.of("").toAbsolutePath().relativize(folder.toAbsolutePath());
    assertThat(read(new FileSource(named)).problems.all())
        .singleElement()
        .satisfies(
            problem ->
                assertThat(problem.origin().file()).isEqualTo(named.resolve("a.yaml").toString()));
  }

  @Test
  void aNamedFileMayBeCalledAnything() throws IOException {
    assertThat(read(new FileSource(write("orders.conf", "orders"))).component().name())
        .isEqualTo("orders");
  }

  @Test
  void sourcesAreReadInTheOrderTheyAreNamed() throws IOException {
    assertThat(
            read(new FileSource(write("z.yaml", "z")), new FileSource(write("a.yaml", "a")))
                .resources
                .components())
        .extracting(ComponentResource::name)
        .containsExactly("z", "a");
  }

  @Test
  void aMissingFolderIsAProblem() {
    Path missing = folder.resolve("resuorces");
    assertThat(read(new FileSource(missing)).problems())
        .containsExactly(
            missing
                + ": no such file or folder ("
                + missing.toAbsolutePath()
                + "); create it or correct the path");
  }

  @Test
  void anEmptyFolderIsDoubted() throws IOException {
    write("README.md", "x");
    String said =
        folder
            + ": this folder has no .yaml or .yml file;"
            + " put resource files into it (subfolders are not read) or correct the path";
    assertThat(read(new FileSource(folder)).warnings()).containsExactly(said);
    assertThat(read(new FileSource(folder)).problems()).isEmpty();
    assertThat(Reading.from(List.of(new FileSource(folder)), Map.of(), true).problems())
        .containsExactly(said);
  }

  @Test
  void aFileThatIsNoUtf8IsAProblem() throws IOException {
    Path file = folder.resolve("a.yaml");
    Files.write(file, "name: caf\u00e9".getBytes(StandardCharsets.ISO_8859_1));
    assertThat(read(new FileSource(folder)).problems())
        .containsExactly(file + ": is not UTF-8 text; save it as UTF-8");
  }

  @Test
  void aByteOrderMarkIsSkipped() throws IOException {
    Path file = write("a.yaml", "a");
    Files.writeString(file, "\uFEFF" + Files.readString(file));
    assertThat(read(new FileSource(folder)).component().name()).isEqualTo("a");
  }

  @Test
  void aFileThatCannotBeReadIsAProblemAndTheOthersStillRead() throws IOException {
    Path file = folder.resolve("a.yaml");
    Files.createSymbolicLink(file, file);
    Path dangling = folder.resolve("b.yaml");
    Files.createSymbolicLink(dangling, folder.resolve("gone"));
    write("c.yaml", "c");
    Reading reading = read(new FileSource(folder));
    assertThat(reading.problems())
        .hasSize(2)
        .satisfies(
            problems ->
                assertThat(problems.get(0))
                    .startsWith(file + ": cannot be read: java.nio.file.FileSystemException: ")
                    .endsWith("; make it readable for this process"))
        .satisfies(
            problems ->
                assertThat(problems.get(1)).startsWith(dangling + ": no such file or folder"));
    assertThat(reading.component().name()).isEqualTo("c");
  }

  @Test
  void aFileTooLargeForTheParserIsAProblem() throws IOException {
    Files.writeString(folder.resolve("a.yaml"), "a: " + "x".repeat(4_000_000));
    assertThat(read(new FileSource(folder)).problems())
        .singleElement()
        .asString()
        .contains("a.yaml:1: is no YAML: The incoming YAML document exceeds the limit");
  }

  @Test
  void filesAndFoldersOnTheClassPathAreRead() throws IOException {
    write("inboard/b c.yaml", "b");
    write("inboard/a.yaml", "a");
    write("inboard/sub/c.yaml", "c");
    write("inboard/notes.txt", "[");
    assertClassPathIsRead(folder);
  }

  @Test
  void filesAndFoldersInAJarAreRead() throws IOException {
    Path jar = folder.resolve("app.jar");
    try (OutputStream out = Files.newOutputStream(jar);
        JarOutputStream entries = new JarOutputStream(out)) {
      for (String entry :
          List.of("inboard/", "inboard/b c.yaml", "inboard/a.yaml", "inboard/sub/c.yaml")) {
        entries.putNextEntry(new JarEntry(entry));
        if (!entry.endsWith("/")) {
          String name = entry.substring(entry.lastIndexOf('/') + 1, entry.lastIndexOf('/') + 2);
          entries.write(Reading.component(name, "state.x", "").getBytes(StandardCharsets.UTF_8));
        }
      }
    }
    assertClassPathIsRead(jar);
  }

  private static void assertClassPathIsRead(Path root) throws IOException {
    try (URLClassLoader loader = new URLClassLoader(new URL[] {root.toUri().toURL()}, null)) {
      for (String name : List.of("inboard", "/inboard/")) {
        Reading reading = read(new ClassPathSource(name, loader));
        assertThat(reading.problems()).isEmpty();
        assertThat(reading.resources.components())
            .extracting(component -> component.name() + " " + component.origin())
            .containsExactly("a classpath:inboard/a.yaml:1", "b classpath:inboard/b c.yaml:1");
      }
      assertThat(read(new ClassPathSource("inboard/sub/c.yaml", loader)).component().name())
          .isEqualTo("c");
      assertThat(read(new ClassPathSource("outboard", loader)).problems())
          .containsExactly(
              "classpath:outboard: no such folder on the class path;"
                  + " add it or correct the name; a file's name ends in .yaml or .yml");
      assertThat(read(new ClassPathSource("inboard/x.yaml", loader)).problems())
          .containsExactly(
              "classpath:inboard/x.yaml: no such file on the class path;"
                  + " add it or correct the name; a file's name ends in .yaml or .yml");
    }
  }

  @Test
  void anEmptyFolderOnTheClassPathIsDoubted() throws IOException {
    write("inboard/notes.txt", "x");
    try (URLClassLoader loader = new URLClassLoader(new URL[] {folder.toUri().toURL()}, null)) {
      assertThat(read(new ClassPathSource("inboard", loader)).warnings())
          .containsExactly(
              "classpath:inboard: this folder has no .yaml or .yml file;"
                  + " put resource files into it (subfolders are not read) or correct the name");
    }
  }

  private static Reading read(Source... sources) {
    return Reading.from(List.of(sources), Map.of(), false);
  }

  private Path write(String file, String component) throws IOException {
    Path path = folder.resolve(file);
    Files.createDirectories(path.getParent());
    return Files.writeString(path, Reading.component(component, "state.x", ""));
  }
}
