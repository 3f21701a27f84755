package dev.inboard.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.inboard.internal.workflow.WorkflowEngine;
import dev.inboard.it.CrashingProcess.Moment;
import dev.inboard.spi.workflow.WorkflowBackendDriver;
import dev.inboard.workflow.HistoryEntry;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class WorkflowCrashIT {
  private static final int MOST_WRITES = 20;
  private static final String RESULT = "result 14";

  @TempDir Path folder;

  @ParameterizedTest
  @EnumSource
  @DisplayName("a process killed at any write leaves a workflow that the next one finishes")
  void everyCommitBoundaryIsSurvived(Moment moment) throws Exception {
    int kills = 0;
    for (int write = 1; write <= MOST_WRITES; write++) {
      Path file = folder.resolve(write + ".db");
      if (run(file, write, moment).contains(RESULT)) {
        break; // it is through before that write
      }
      kills++;
      assertThat(run(file, 0, moment)).as("after SIGKILL at write %d", write).contains(RESULT);
      assertEveryStepOnce(file);
    }
    assertThat(kills).isGreaterThanOrEqualTo(6);
  }

  @Test
  @DisplayName("a process killed at each of its first writes, life after life, still gets through")
  void repeatedKillsAreSurvived() throws Exception {
    Path file = folder.resolve("unlucky.db");
    for (int lives = 0; lives < 6; lives += Moment.values().length) {
      for (Moment moment : Moment.values()) {
        run(file, 2, moment);
      }
    }
    assertThat(run(file, 0, Moment.BEFORE)).contains(RESULT);
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

  /** Runs a process to its end, which is SIGKILL when it asks for that; returns what it said. */
  private static String run(Path file, int fatalWrite, Moment moment)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xmx256m"));
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.add(CrashingProcess.class.getName());
    command.addAll(List.of(file.toString(), String.valueOf(fatalWrite), moment.name()));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    StringBuilder output = new StringBuilder();
    try (BufferedReader lines = process.inputReader()) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        output.append(line).append('\n');
        if (line.contains(CrashingProcess.LAST_WORDS)) {
          process.destroyForcibly();
          break; // which closes the stream, too
        }
      }
    }
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).as("the process ends").isTrue();
    return output.toString();
  }
}
