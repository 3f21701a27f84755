package dev.inboard.internal.resources;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * A file, or the {@code .yaml} and {@code .yml} files of a folder in the order of their names.
 *
 * <p>Other files and subfolders are not read. A file that is named itself may be called anything.
 */
public record FileSource(Path path) implements Source {
  @Override
  public List<SourceText> read(Problems problems) {
    if (!Files.isDirectory(path)) {
      return readAll(List.of(path), problems);
    }
    List<Path> files;
    try {
      files = list();
    } catch (IOException e) {
      report(path, e, problems);
      return List.of();
    }
    if (files.isEmpty()) {
      problems.doubt(
          new Origin(path.toString(), 0),
          "this folder has no .yaml or .yml file",
          "put resource files into it (subfolders are not read) or correct the path");
    }
    return readAll(files, problems);
  }

  private List<Path> list() throws IOException {
    try (Stream<Path> entries = Files.list(path)) {
      return entries
          .filter(file -> Source.isYaml(file.getFileName().toString()) && !Files.isDirectory(file))
          .sorted(Comparator.comparing(file -> file.getFileName().toString()))
          .toList();
    } catch (UncheckedIOException e) {
      throw new IOException(e.getCause());
    }
  }

  private static List<SourceText> readAll(List<Path> files, Problems problems) {
    List<SourceText> texts = new ArrayList<>();
    for (Path file : files) {
      try {
        texts.add(SourceText.decode(file.toString(), Files.readAllBytes(file)));
      } catch (IOException e) {
        report(file, e, problems);
      }
    }
    return texts;
  }

  private static void report(Path path, IOException failure, Problems problems) {
    Origin origin = new Origin(path.toString(), 0);
    if (failure instanceof NoSuchFileException) {
      problems.report(
          origin,
          "no such file or folder (" + path.toAbsolutePath() + ")",
          "create it or correct the path");
    } else if (failure instanceof CharacterCodingException) {
      problems.report(origin, "is not UTF-8 text", "save it as UTF-8");
    } else {
      problems.report(origin, "cannot be read: " + failure, "make it readable for this process");
    }
  }
}
