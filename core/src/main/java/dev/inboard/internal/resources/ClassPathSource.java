package dev.inboard.internal.resources;

import java.io.IOException;
import java.io.InputStream;
import java.net.JarURLConnection;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.jar.JarFile;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A file on the class path, or the {@code .yaml} and {@code .yml} files of a folder there in the
 * order of their names; a folder that several jars have is read from all of them.
 *
 * @param name such as {@code inboard} or {@code inboard/orders.yaml}
 */
public record ClassPathSource(String name, ClassLoader loader) implements Source {
  /** Drops the leading slash that some people write. */
  public ClassPathSource {
    name = name.startsWith("/") ? name.substring(1) : name;
    name = name.endsWith("/") ? name.substring(0, name.length() - 1) : name;
  }

  @Override
  public List<SourceText> read(Problems problems) {
    List<SourceText> texts = new ArrayList<>();
    try {
      if (Source.isYaml(name)) {
        URL file = loader.getResource(name);
        if (file == null) {
          reportMissing("file", problems);
        } else {
          read(name, file, texts, problems);
        }
      } else {
        readFolder(texts, problems);
      }
    } catch (IOException e) {
      problems.report(origin(name), "cannot be read: " + e, "make it readable or correct the name");
    }
    return texts;
  }

  private void readFolder(List<SourceText> texts, Problems problems) throws IOException {
    List<URL> folders = Collections.list(loader.getResources(name));
    if (folders.isEmpty()) {
      reportMissing("folder", problems);
    }
    boolean anyFile = false;
    for (URL folder : folders) {
      for (String file : list(folder)) {
        anyFile = true;
        read(
            name + "/" + file,
            URI.create(withSlash(folder.toString()) + encode(file)).toURL(),
            texts,
            problems);
      }
    }
    if (!folders.isEmpty() && !anyFile) {
      problems.doubt(
          origin(name),
          "this folder has no .yaml or .yml file",
          "put resource files into it (subfolders are not read) or correct the name");
    }
  }

  /** Lists the names of the YAML files directly in a folder. */
  private Set<String> list(URL folder) throws IOException {
    if (folder.getProtocol().equals("file")) {
      try (Stream<Path> files = Files.list(Path.of(URI.create(folder.toString())))) {
        return files
            .filter(file -> !Files.isDirectory(file))
            .map(file -> file.getFileName().toString())
            .filter(Source::isYaml)
            .collect(Collectors.toCollection(TreeSet::new));
      }
    }
    if (folder.openConnection() instanceof JarURLConnection connection) {
      connection.setUseCaches(false);
      try (JarFile jar = connection.getJarFile()) {
        String prefix = withSlash(name);
        return jar.stream()
            .map(entry -> entry.getName())
            .filter(entry -> entry.startsWith(prefix) && entry.indexOf('/', prefix.length()) < 0)
            .map(entry -> entry.substring(prefix.length()))
            .filter(Source::isYaml)
            .collect(Collectors.toCollection(TreeSet::new));
      }
    }
    throw new IOException("a folder at " + folder + " cannot be listed; name its files one by one");
  }

  private static void read(String name, URL url, List<SourceText> texts, Problems problems)
      throws IOException {
    var connection = url.openConnection();
    connection.setUseCaches(false);
    try (InputStream in = connection.getInputStream()) {
      texts.add(SourceText.decode("classpath:" + name, in.readAllBytes()));
    } catch (CharacterCodingException e) {
      problems.report(origin(name), "is not UTF-8 text", "save it as UTF-8");
    }
  }

  private void reportMissing(String what, Problems problems) {
    problems.report(
        origin(name),
        "no such " + what + " on the class path",
        "add it or correct the name; a file's name ends in .yaml or .yml");
  }

  private static Origin origin(String name) {
    return new Origin("classpath:" + name, 0);
  }

  private static String withSlash(String folder) {
    return folder.endsWith("/") ? folder : folder + "/";
  }

  private static String encode(String fileName) throws IOException {
    try {
      return new URI(null, null, "/" + fileName, null).getRawPath().substring(1);
    } catch (URISyntaxException e) {
      throw new IOException("'" + fileName + "' is no usable file name", e);
    }
  }
}
