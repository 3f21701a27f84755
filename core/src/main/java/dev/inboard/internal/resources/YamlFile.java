package dev.inboard.internal.resources;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.composer.Composer;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.Tag;
import org.yaml.snakeyaml.parser.ParserImpl;
import org.yaml.snakeyaml.reader.ReaderException;
import org.yaml.snakeyaml.reader.StreamReader;

/**
 * Splits a file into its documents and parses each by itself, so that a broken one does not hide
 * what is wrong with the others.
 */
final class YamlFile {
  /** Finds the documents in which Dapr replaces {@code $VARIABLE}s before it parses them. */
  private static final Pattern CONFIGURATION =
      Pattern.compile(
          "(?:^|[{,]\\s*)[\"']?(?i:kind)[\"']?\\s*:\\s*[\"']?Configuration\\b", Pattern.MULTILINE);

  private final SourceText source;
  private final Environment environment;
  private final Problems problems;

  YamlFile(SourceText source, Environment environment, Problems problems) {
    this.source = source;
    this.environment = environment;
    this.problems = problems;
  }

  /** Returns the documents that parse; empty ones are left out, the others reported. */
  List<YamlDocument> documents() {
    List<YamlDocument> documents = new ArrayList<>();
    for (Chunk chunk : chunks()) {
      try {
        for (Node root : compose(expanded(chunk))) {
          documents.add(new YamlDocument(source.name(), root));
        }
      } catch (MarkedYAMLException e) {
        report(e.getProblemMark().getLine() + 1, reason(e)); // may point behind the end
      } catch (ReaderException e) {
        report(
            chunk.lineOfForbiddenCharacter(),
            "has a control character; escape it in double quotes");
      } catch (YAMLException e) {
        report(chunk.line(), String.valueOf(e.getMessage()));
      }
    }
    return documents;
  }

  /** Returns what the parser says, but never a word of the file: it could be part of a password. */
  private static String reason(MarkedYAMLException failure) {
    String reason = failure.getProblem();
    if (reason.startsWith("found undefined alias")) {
      return "found an alias to nothing; quote a text that begins with '*'";
    }
    return reason.contains(". (") ? reason.substring(0, reason.indexOf(". (")) : reason;
  }

  private void report(int line, String why) {
    int last = (int) source.text().lines().count();
    problems.report(
        new Origin(source.name(), Math.min(line, Math.max(1, last))),
        "is no YAML: " + why.strip().replaceAll("\\s+", " "),
        "correct the line");
  }

  /** A piece of the file, behind as many empty lines as there are lines before it. */
  private record Chunk(int line, String text) {
    int lineOfForbiddenCharacter() {
      long before =
          text.codePoints().takeWhile(StreamReader::isPrintable).filter(c -> c == '\n').count();
      return (int) before + 1;
    }
  }

  private List<Chunk> chunks() {
    List<Chunk> chunks = new ArrayList<>();
    StringBuilder text = new StringBuilder();
    int first = 1;
    int line = 0;
    boolean begun = false;
    for (String content : source.text().split("\\R", -1)) {
      line++;
      if (content.startsWith("---")) {
        if (begun) {
          chunks.add(new Chunk(first, text.toString()));
          text.setLength(0);
          text.append("\n".repeat(line - 1));
          first = line;
          begun = false;
        }
        boolean decoration = content.length() > 3 && !Character.isWhitespace(content.charAt(3));
        text.append(decoration ? "---" : content);
      } else {
        text.append(content);
        begun |= !isPreamble(content);
      }
      text.append('\n');
    }
    chunks.add(new Chunk(first, text.toString()));
    return chunks;
  }

  /** Says whether a line may stand before the {@code ---} that begins a document. */
  private static boolean isPreamble(String line) {
    return line.isBlank() || line.startsWith("%") || line.stripLeading().startsWith("#");
  }

  private String expanded(Chunk chunk) {
    if (!CONFIGURATION.matcher(chunk.text()).find()) {
      return chunk.text();
    }
    return environment.expand(
        chunk.text(),
        (unset, line) ->
            problems.doubt(
                new Origin(source.name(), line),
                "the environment variable '" + unset + "' is not set, so nothing takes its place",
                "set it"));
  }

  private static List<Node> compose(String text) {
    LoaderOptions options = new LoaderOptions();
    Composer composer =
        new Composer(
            new ParserImpl(new StreamReader(text), options), YamlScalars.RESOLVER, options);
    List<Node> roots = new ArrayList<>();
    while (composer.checkNode()) {
      Node root = composer.getNode();
      if (!root.getTag().equals(Tag.NULL)) {
        roots.add(root);
      }
    }
    return roots;
  }
}
