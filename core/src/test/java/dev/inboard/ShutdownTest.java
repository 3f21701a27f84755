package dev.inboard;

import static org.assertj.core.api.Assertions.assertThat;

import dev.inboard.bindings.BindingHandler;
import dev.inboard.pubsub.Outcome;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the end of the JVM does to a runtime, seen from outside. */
class ShutdownTest {
  @TempDir Path folder;

  @Test
  void theEndOfTheJvmDrainsARuntimeThatAskedForIt() throws Exception {
    assertThat(runAndTerminate("close")).isEqualTo("begun\nhandled\n");
  }

  @Test
  void theEndOfTheJvmDoesNothingToOthers() throws Exception {
    assertThat(runAndTerminate("leave")).isEqualTo("begun\n");
  }

  private String runAndTerminate(String mode) throws IOException, InterruptedException {
    Path diary = folder.resolve("diary");
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                App.class.getName(),
                mode,
                folder.toString())
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    try (BufferedReader output = process.inputReader()) {
      for (String line = output.readLine(); !"begun".equals(line); line = output.readLine()) {
        assertThat(line).as("the process ended before its handler began").isNotNull();
      }
      process.destroy(); // SIGTERM
      assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
      return Files.readString(diary);
    } finally {
      process.destroyForcibly();
    }
  }

  /** Handles one event of a timer, slowly enough to be interrupted by the end of the JVM. */
  static final class App {
    private App() {}

    public static void main(String[] args) throws Exception {
      Path folder = Path.of(args[1]);
      Path resources =
          Files.writeString(
              folder.resolve("tick.yaml"),
              """
              apiVersion: dapr.io/v1alpha1
              kind: Component
              metadata: {name: tick}
              spec:
                type: bindings.cron
                metadata: [{name: schedule, value: "@every 1s"}]
              """);
      Path diary = folder.resolve("diary");
      boolean closes = args[0].equals("close");
      BindingHandler<Void> handler =
          event -> {
            Files.writeString(diary, "begun\n");
            System.out.println("begun");
            Thread.sleep(closes ? 1_000 : 600_000);
            Files.writeString(diary, "begun\nhandled\n");
            return Outcome.SUCCESS;
          };
      InboardBuilder builder =
          Inboard.builder()
              .appId("shop")
              .resources(resources)
              .inputBinding("tick", Void.class, handler);
      if (closes) {
        builder.closeOnShutdown();
      }
      builder.start();
      Thread.sleep(600_000);
    }
  }
}
