package dev.inboard.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.inboard.internal.workflow.Registry;
import dev.inboard.internal.workflow.SystemHost;
import dev.inboard.internal.workflow.WorkflowEngine;
import dev.inboard.spi.workflow.WorkflowBackendDriver;
import dev.inboard.workflow.WorkflowOptions;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a workflow costs, counted in the write-ahead log itself. */
class WorkflowCommitsIT {
  private static final int LOG_HEADER = 32;
  private static final int FRAME_HEADER = 24;

  @TempDir Path folder;

  @Test
  @DisplayName("a workflow of five steps, one after the other, takes six commits")
  void fiveStepsTakeSixCommits() throws IOException {
    Path file = folder.resolve("flows.db");
    try (WorkflowBackendDriver driver = CrashingProcess.open(file);
        WorkflowEngine engine = engine(driver)) {
      engine.start();
      int before = commits(file);
      int result =
          engine.workflows().start("steps", 0).await(Integer.class, Duration.ofSeconds(60));
      assertThat(result).isEqualTo(5);
      assertThat(commits(file) - before).isBetween(1, 6);
    }
  }

  private static WorkflowEngine engine(WorkflowBackendDriver driver) {
    Registry registry =
        new Registry()
            .workflow(
                "steps",
                "",
                Integer.class,
                (context, n) -> {
                  int value = n;
                  for (int i = 0; i < 5; i++) {
                    value = context.call("inc", value, Integer.class).await();
                  }
                  return value;
                })
            .activity("inc", Integer.class, (context, n) -> n + 1);
    Duration longer = Duration.ofHours(1); // no sign of life while we count
    return new WorkflowEngine(
        "flows",
        () -> driver,
        new SystemHost(Clock.systemUTC()),
        registry,
        WorkflowOptions.DEFAULT.withLease(longer, longer),
        new CrashingProcess.Json(),
        "app");
  }

  /** Counts the frames that end a transaction: those that say how large the database is then. */
  private static int commits(Path file) throws IOException {
    ByteBuffer log = ByteBuffer.wrap(Files.readAllBytes(Path.of(file + "-wal")));
    int frame = FRAME_HEADER + log.getInt(8);
    int found = 0;
    for (int at = LOG_HEADER; at + frame <= log.limit(); at += frame) {
      if (log.getInt(at + 4) != 0) {
        found++;
      }
    }
    return found;
  }
}
