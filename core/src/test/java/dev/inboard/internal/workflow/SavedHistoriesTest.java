package dev.inboard.internal.workflow;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.inboard.internal.json.JsonCodec;
import dev.inboard.workflow.CallOptions;
import dev.inboard.workflow.StartOptions;
import dev.inboard.workflow.Task;
import dev.inboard.workflow.TaskTimeoutException;
import dev.inboard.workflow.WorkflowContext;
import dev.inboard.workflow.WorkflowRun;
import dev.inboard.workflow.Workflows;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * Histories that an earlier build has stored are understood by this one.
 *
 * <p>{@code -Dhistories.write=true} stores new ones, beside which the old ones should stay.
 */
class SavedHistoriesTest extends EngineFixture {
  private static final Path FOLDER = Path.of("src/test/resources/histories");

  private static Registry code(Registry registry) {
    return registry
        .workflow("everything", "", Integer.class, SavedHistoriesTest::everything)
        .workflow("child", "", Integer.class, (context, n) -> n * 10)
        .activity("inc", Integer.class, (context, n) -> n + 1)
        .activity(
            "flaky",
            Integer.class,
            (context, n) -> {
              if (context.attempt() < 3) {
                throw new IOException("attempt " + context.attempt());
              }
              return n;
            });
  }

  /** Asks for one thing of each kind, over two generations. */
  private static Integer everything(WorkflowContext context, Integer round) {
    context.setStatus("round " + round);
    int sum = context.call("inc", round, Integer.class).await();
    context.compensate(() -> context.call("inc", 0, Integer.class).await());
    sum += context.call("flaky", 5, Integer.class, CallOptions.retry(5)).await();
    sum += context.step("step", Integer.class, () -> 7);
    sum += context.version("change", 0, 2);
    sum += context.child("child", 3, Integer.class).await();
    context.startDetached("child", "detached-" + round, 1);
    context.raise("nobody", "hello", 1);
    context.sleep(Duration.ofDays(1));
    try {
      sum += context.event("late", Integer.class).await(Duration.ofHours(1));
    } catch (TaskTimeoutException e) {
      sum += 1_000;
    }
    Task<Integer> first = context.event("first", Integer.class);
    Task<Integer> second = context.event("second", Integer.class);
    Task.any(first, second).await();
    sum += Task.all(List.of(first, second)).await().get(1);
    if (round == 0) {
      throw context.continueAsNew(sum);
    }
    return sum;
  }

  @Test
  void theyAreReplayed() throws IOException {
    if (Boolean.getBoolean("histories.write")) {
      write();
    }
    List<Path> saved;
    try (var files = Files.list(FOLDER)) {
      saved = files.sorted().toList();
    }
    assertThat(saved).hasSizeGreaterThanOrEqualTo(3);
    for (Path file : saved) {
      assertThat(
              Replay.of(
                  Files.readAllBytes(file),
                  code(new Registry()),
                  new JsonCodec(new ObjectMapper())))
          .as(file.toString())
          .isEmpty();
    }
  }

  private void write() throws IOException {
    code(registry);
    Workflows workflows = workflows();
    WorkflowRun run = workflows.start("everything", 0, StartOptions.id("e"));
    host.pass(Duration.ofHours(1));
    save("first-day", workflows.export("e"));
    workflows.suspend("e");
    workflows.raise("e", "second", 2);
    workflows.resume("e");
    workflows.raise("e", "first", 1);
    host.pass(Duration.ofDays(2));
    save("second-generation", workflows.export("e"));
    workflows.raise("e", "first", 1);
    workflows.raise("e", "second", 2);
    result(run, Integer.class);
    save("finished", workflows.export("e"));
    WorkflowRun cancelled = workflows.start("everything", 0, StartOptions.id("c"));
    host.pass(Duration.ofHours(1));
    workflows.cancel("c", "not wanted");
    failure(cancelled);
    save("cancelled", workflows.export("c"));
  }

  private static void save(String name, byte[] export) throws IOException {
    Files.write(Files.createDirectories(FOLDER).resolve(name + ".bin"), export);
  }
}
