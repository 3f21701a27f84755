package dev.inboard.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.inboard.Inboard;
import dev.inboard.test.server.JavaProcess;
import dev.inboard.test.server.RedisServer;
import dev.inboard.workflow.HistoryEntry;
import dev.inboard.workflow.WorkflowFilter;
import dev.inboard.workflow.WorkflowStatus;
import dev.inboard.workflow.Workflows;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Nodes that share workflows in Redis. */
class RedisWorkflowNodesIT {
  private static final int WORKFLOWS = 1_000;
  private static final Duration PATIENCE = Duration.ofMinutes(3);

  @RegisterExtension static final RedisServer redis = RedisServer.create();
  @TempDir Path folder;

  @Test
  @DisplayName(
      "of two nodes one is killed while it runs 1,000 workflows: the other finishes them, no step recorded twice")
  void survivorFinishesEverything() throws Exception {
    Path mine = Files.createDirectories(folder.resolve("survivor"));
    Path theirs = Files.createDirectories(folder.resolve("victim"));
    try (Inboard survivor = RedisWorkflowNode.start(mine, redis.address());
        JavaProcess victim =
            JavaProcess.start(
                RedisWorkflowNode.class,
                theirs.toString(),
                redis.address(),
                String.valueOf(WORKFLOWS))) {
      victim.awaitOutput(RedisWorkflowNode.STARTED, PATIENCE);
      Workflows workflows = survivor.workflows();
      victim.kill();
      WorkflowFilter counts = WorkflowFilter.ALL.withName("count");
      assertThat(workflows.count(counts)).isEqualTo(WORKFLOWS);
      long before = workflows.count(counts.withStatus(WorkflowStatus.COMPLETED));
      assertThat(before).as("finished when the node died").isLessThan(WORKFLOWS);
      await()
          .atMost(PATIENCE)
          .pollInterval(Duration.ofSeconds(1))
          .until(() -> workflows.count(counts.withStatus(WorkflowStatus.COMPLETED)) == WORKFLOWS);
      for (int n = 0; n < WORKFLOWS; n++) {
        String id = "count-" + n;
        assertThat(workflows.run(id).await(Integer.class, PATIENCE)).isEqualTo(n + 4);
        assertThat(answers(workflows, id))
            .containsExactlyInAnyOrder("0", "1", "2", "3", "4", "5", "6");
      }
    }
  }

  private static List<String> answers(Workflows workflows, String id) {
    return workflows.history(id).stream()
        .filter(entry -> entry.kind().endsWith("Completed") || entry.kind().equals("TimerFired"))
        .map(HistoryEntry::task)
        .map(String::valueOf)
        .toList();
  }
}
