package dev.inboard.examples.workflows;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The snippets about queues in {@code docs/workflow.md} are pieces of an example, which runs. */
class QueuesPageTest {
  private static final Path PAGE = Path.of("../../docs/workflow.md");
  private static final Path SOURCE =
      Path.of("src/main/java/dev/inboard/examples/workflows/QueueExample.java");

  @Test
  void snippetsAreCompiled() throws Exception {
    String page = Files.readString(PAGE);
    int begin = page.indexOf("\n## Queues\n");
    String section = page.substring(begin, page.indexOf("\n## ", begin + 1));
    String source = flat(Files.readString(SOURCE));
    List<String> snippets =
        Pattern.compile("```java\\n(.*?)```", Pattern.DOTALL)
            .matcher(section)
            .results()
            .map(snippet -> flat(snippet.group(1)))
            .toList();
    assertThat(snippets).hasSize(3);
    assertThat(snippets).allSatisfy(snippet -> assertThat(source).contains(snippet));
  }

  private static String flat(String text) {
    return text.replaceAll("\\s+", " ").strip();
  }
}
