package dev.inboard.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.inboard.internal.workflow.WorkflowEngine;
import dev.inboard.spi.workflow.WorkflowBackendDriver;
import dev.inboard.workflow.HistoryEntry;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WorkflowCrashIT {
  private static final int MOST_WRITES = 20;
  private static final String RESULT = "result 14";

  @TempDir Path folder;

  @Test
  @DisplayName(
      "a process that dies before or after any write leaves a workflow that the next one finishes")
  void everyCommitBoundaryIsSurvived() throws Exception {
    int crashes = 0;
    for (boolean after : new boolean[] {false, true}) {
      for (int write = 1; write <= MOST_WRITES; write++) {
        Path file = folder.resolve(write + (after ? "-after.db" : "-before.db"));
        String first = run(file, write, after);
        if (first.contains(RESULT)) {
          break; // it is through before that write
        }
        crashes++;
        assertThat(run(file, 0, false)).as("after death at write %d", write).contains(RESULT);
        assertEveryStepOnce(file);
      }
    }
    assertThat(crashes).isGreaterThanOrEqualTo(12);
  }

  @Test
  @DisplayName(
      "a process that dies at each of its first writes, life after life, still gets through")
  void repeatedCrashesAreSurvived() throws Exception {
    Path file = folder.resolve("unlucky.db");
    for (int life = 0; life < 4; life++) {
      run(file, 2, life % 2 == 0);
    }
    assertThat(run(file, 0, false)).contains(RESULT);
    assertEveryStepOnce(file);
  }

  private static void assertEveryStepOnce(Path file) {
    try (WorkflowBackendDriver driver = CrashingProcess.open(file);
        WorkflowEngine engine = CrashingProcess.engine(driver)) {
      List<String> answers =
          engine.workflows().history("job").stream()
              .filter(
                  entry -> entry.kind().endsWith("Completed") || entry.kind().equals("TimerFired"))
              .map(HistoryEntry::task)
              .map(String::valueOf)
              .toList();
      assertThat(answers).containsExactlyInAnyOrder("0", "1", "2", "3", "4", "5");
    }
  }

  private String run(Path file, int fatalWrite, boolean after)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xmx256m"));
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.add(CrashingProcess.class.getName());
    command.addAll(List.of(file.toString(), String.valueOf(fatalWrite), String.valueOf(after)));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).as("the process ends").isTrue();
    return output;
  }
}
