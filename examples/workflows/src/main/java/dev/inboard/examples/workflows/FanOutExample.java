package dev.inboard.examples.workflows;

import dev.inboard.Inboard;
import dev.inboard.TypeRef;
import dev.inboard.workflow.CallOptions;
import dev.inboard.workflow.Task;
import dev.inboard.workflow.Workflow;
import dev.inboard.workflow.WorkflowContext;
import dev.inboard.workflow.WorkflowOptions;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Many steps at the same time, and one result of all of them. */
public final class FanOutExample {
  private FanOutExample() {}

  /** Counts the words of many pages. A page that was counted is not counted again after a crash. */
  static final class CountWords implements Workflow<List<String>, Map<String, Integer>> {
    @Override
    public Map<String, Integer> run(WorkflowContext context, List<String> pages) {
      List<Task<Map<String, Integer>>> counts = new ArrayList<>();
      for (String page : pages) {
        counts.add(
            context.call(
                "count", page, new TypeRef<Map<String, Integer>>() {}, CallOptions.retry(3)));
      }
      Map<String, Integer> total = new TreeMap<>();
      for (Map<String, Integer> page : Task.all(counts).await()) {
        page.forEach((word, count) -> total.merge(word, count, Integer::sum));
      }
      return total;
    }
  }

  static Map<String, Integer> count(String page) {
    Map<String, Integer> counts = new TreeMap<>();
    for (String word : page.split(" ")) {
      counts.merge(word, 1, Integer::sum);
    }
    return counts;
  }

  static String run(Path data) {
    try (Inboard inboard =
        Inboard.builder()
            .appId("examples")
            .dataFolder(data)
            .workflow("count-words", CountWords.class)
            .activity("count", String.class, (context, page) -> count(page))
            .workflowOptions(WorkflowOptions.DEFAULT.withActivityLimits(Map.of("count", 8)))
            .start()) {
      List<String> pages = List.of("to be or not to be", "that is the question", "to sleep");
      return String.valueOf(
          inboard.workflows().start("count-words", pages).await(Map.class, Duration.ofSeconds(30)));
    }
  }

  /** Runs the example. */
  public static void main(String[] arguments) {
    System.out.println(run(Path.of("target/examples")));
  }
}
