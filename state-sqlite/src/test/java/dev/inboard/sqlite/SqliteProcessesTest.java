package dev.inboard.sqlite;

import static dev.inboard.sqlite.SqliteFile.await;
import static dev.inboard.sqlite.SqliteFile.put;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Several processes on one file, and the death of one. */
@Timeout(180)
class SqliteProcessesTest {
  @TempDir Path folder;

  @Test
  void killedProcessHasLostNothingThatWasAcknowledgedAndLeavesNoHalf() throws Exception {
    SqliteFile file = new SqliteFile(folder.resolve("state.db"));
    int total = 0;
    for (int round = 0; round < 3; round++) {
      Path output = folder.resolve("output" + round);
      Process child = ChildProcess.start(output, "write", file.path());
      long enough = 2_000L + 777L * round;
      Awaitility.await().atMost(Duration.ofMinutes(1)).until(() -> Files.size(output) > enough);
      child.destroyForcibly(); // SIGKILL
      assertThat(child.waitFor(30, TimeUnit.SECONDS)).isTrue();
      assertThat(child.exitValue()).isEqualTo(137);

      String text = Files.readString(output);
      List<Integer> acknowledged =
          text.substring(0, text.lastIndexOf('\n')).lines().map(Integer::valueOf).toList();
      check(file, acknowledged);
      total += acknowledged.size();
    }
    assertThat(total).isGreaterThan(1_000);
    assertThat(file.query("PRAGMA integrity_check")).containsExactly("ok");
  }

  private static void check(SqliteFile file, List<Integer> acknowledged) throws Exception {
    try (SqliteStateStoreDriver driver = file.open()) {
      for (int n : acknowledged) {
        List<String> keys = n % 2 == 0 ? List.of("single" + n) : List.of("left" + n, "right" + n);
        for (String key : keys) {
          assertThat(await(driver.get(key))).as(key).isNotNull();
          assertThat(await(driver.get(key)).value()).asString().isEqualTo("v" + n);
        }
      }
      assertThat(
              file.query(
                  "SELECT key FROM state l WHERE key LIKE 'left%' AND NOT EXISTS"
                      + " (SELECT 1 FROM state WHERE key = 'right' || substr(l.key, 5)"
                      + " AND value = l.value)"))
          .as("halves of transactions")
          .isEmpty();
    }
  }

  @Test
  void processesRespectEachOthersEtags() throws Exception {
    SqliteFile file = new SqliteFile(folder.resolve("state.db"));
    try (SqliteStateStoreDriver driver = file.open("busyTimeout", "60s")) {
      put(driver, "counter", "0");
      Process one = incrementing(file, "one");
      Process two = incrementing(file, "two");
      ChildProcess.increment(file, 200);
      for (Process child : List.of(one, two)) {
        assertThat(child.waitFor(120, TimeUnit.SECONDS)).isTrue();
        assertThat(child.exitValue()).isZero();
      }
      assertThat(await(driver.get("counter")).value()).asString().isEqualTo("600");
    }
  }

  private Process incrementing(SqliteFile file, String name) throws Exception {
    return ChildProcess.start(folder.resolve(name), "increment", file.path(), "200");
  }
}
