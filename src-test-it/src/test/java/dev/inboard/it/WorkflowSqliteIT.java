package dev.inboard.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.inboard.Inboard;
import dev.inboard.InboardBuilder;
import dev.inboard.common.ErrorCode;
import dev.inboard.common.InboardException;
import dev.inboard.workflow.StartOptions;
import dev.inboard.workflow.WorkflowFilter;
import dev.inboard.workflow.WorkflowOptions;
import dev.inboard.workflow.WorkflowRun;
import dev.inboard.workflow.WorkflowStatus;
import dev.inboard.workflow.Workflows;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Workflows of a whole application on an SQLite file. */
@Timeout(180)
class WorkflowSqliteIT {
  private static final Duration PATIENCE = Duration.ofSeconds(90);

  @TempDir Path folder;
  private final Map<String, AtomicInteger> calls = new ConcurrentHashMap<>();

  private InboardBuilder builder() {
    return Inboard.builder()
        .appId("app")
        .dataFolder(folder)
        .workflowOptions(
            WorkflowOptions.DEFAULT.withLease(Duration.ofSeconds(5), Duration.ofMillis(100)))
        .workflow(
            "wait",
            String.class,
            (context, input) -> {
              String event = context.event("go", String.class).await();
              return context.call("note", context.workflowId() + " " + event, String.class).await();
            })
        .workflow("echo", String.class, (context, input) -> input)
        .activity(
            "note",
            String.class,
            (context, text) -> {
              calls.computeIfAbsent(text, any -> new AtomicInteger()).incrementAndGet();
              return text;
            });
  }

  private InboardBuilder on(String connection) throws IOException {
    Path resources = Files.createDirectories(folder.resolve("resources"));
    Files.writeString(
        resources.resolve("flows.yaml"),
        """
        apiVersion: dapr.io/v1alpha1
        kind: Component
        metadata: {name: flows}
        spec:
          type: workflowbackend.sqlite
          metadata:
            - {name: connectionString, value: "%s"}
        """
            .formatted(connection));
    return builder().resources(resources);
  }

  @Test
  @DisplayName("without any resource, workflows are kept in the file of the state")
  void embeddedDefaultIsDurable() {
    try (Inboard inboard = builder().start()) {
      inboard.workflows().start("wait", "", StartOptions.once("a"));
      inboard.stateStore("state").save("k", 1);
    }
    assertThat(folder.resolve("state.db")).isNotEmptyFile();
    try (Inboard inboard = builder().start()) {
      WorkflowRun run = inboard.workflows().start("wait", "", StartOptions.once("a"));
      inboard.workflows().raise("a", "go", "on");
      assertThat(run.await(String.class, PATIENCE)).isEqualTo("a on");
    }
  }

  @Test
  @DisplayName("a full disk stops workflows where they are; with room again they go on")
  void fullDiskIsSurvived() throws IOException {
    String connection = folder.resolve("small.db") + "?_pragma=max_page_count(120)";
    try (Inboard inboard = on(connection).start()) {
      Workflows workflows = inboard.workflows();
      WorkflowRun waiting = workflows.start("wait", "", StartOptions.id("waiting"));
      InboardException full = fill(workflows);
      assertThat(full.code()).isEqualTo(ErrorCode.EXHAUSTED);
      assertThat(full).hasMessageContaining("free some space");
      assertThat(workflows.find("waiting").orElseThrow().status())
          .isEqualTo(WorkflowStatus.RUNNING);
      assertThatThrownBy(() -> workflows.raise("waiting", "go", "x".repeat(20_000), "m"))
          .isInstanceOf(InboardException.class);

      assertThat(workflows.purge(WorkflowFilter.ALL.withStatus(WorkflowStatus.COMPLETED)))
          .isPositive();
      raiseUntilStored(workflows, "waiting", "on");
      assertThat(waiting.await(String.class, PATIENCE)).isEqualTo("waiting on");
    }
  }

  private static InboardException fill(Workflows workflows) {
    for (int i = 0; i < 1_000; i++) {
      try {
        workflows.start("echo", "x".repeat(10_000)).await(String.class, PATIENCE);
      } catch (InboardException e) {
        return e;
      }
    }
    throw new AssertionError("the disk is larger than it should be");
  }

  private static void raiseUntilStored(Workflows workflows, String id, String payload) {
    Awaitility.await()
        .atMost(PATIENCE)
        .ignoreExceptionsMatching(InboardException.class::isInstance)
        .until(
            () -> {
              workflows.raise(id, "go", payload, "once");
              return true;
            });
  }

  @Test
  @DisplayName("two runtimes of one process share a file, each step is done once")
  void twoRuntimesOnOneFile() {
    try (Inboard one = builder().start();
        Inboard two = builder().start()) {
      List<String> ids = new ArrayList<>();
      for (int i = 0; i < 20; i++) {
        Inboard starter = i % 2 == 0 ? one : two;
        ids.add(starter.workflows().start("wait", "", StartOptions.once("w" + i)).id());
      }
      assertThat(two.workflows().start("wait", "", StartOptions.once("w0")).id()).isEqualTo("w0");
      for (int i = 0; i < 20; i++) { // always through the one that does not own it
        Inboard other = i % 2 == 0 ? two : one;
        other.workflows().raise(ids.get(i), "go", "on");
      }
      for (String id : ids) {
        assertThat(one.workflows().run(id).await(String.class, PATIENCE)).isEqualTo(id + " on");
        assertThat(two.workflows().run(id).await(String.class, PATIENCE)).isEqualTo(id + " on");
        assertThat(calls.get(id + " on")).hasValue(1);
      }
    }
  }

  @Test
  @DisplayName("what one of two runtimes leaves behind, the other takes over")
  void theOtherTakesOver() {
    try (Inboard one = builder().start()) {
      try (Inboard two = builder().start()) {
        for (int i = 0; i < 5; i++) {
          two.workflows().start("wait", "", StartOptions.id("w" + i));
        }
      }
      for (int i = 0; i < 5; i++) {
        one.workflows().raise("w" + i, "go", "on");
        assertThat(one.workflows().run("w" + i).await(String.class, PATIENCE))
            .isEqualTo("w" + i + " on");
      }
    }
  }

  @Test
  @DisplayName("starting and stopping many times leaves no thread and no open file")
  void startStopStartLeaksNothing() throws IOException {
    Path open = Path.of("/proc/self/fd");
    for (int i = 0; i < 10; i++) {
      try (Inboard inboard = builder().start()) {
        assertThat(inboard.workflows().start("echo", "x").await(String.class, PATIENCE))
            .isEqualTo("x");
        inboard.workflows().start("wait", "");
      }
    }
    Awaitility.await().atMost(PATIENCE).untilAsserted(() -> assertThat(threads()).isEmpty());
    if (Files.isDirectory(open)) {
      Awaitility.await()
          .atMost(PATIENCE)
          .untilAsserted(() -> assertThat(openFiles(open)).isEmpty());
    }
  }

  private static List<String> threads() {
    return Thread.getAllStackTraces().keySet().stream()
        .map(Thread::getName)
        .filter(name -> name.startsWith("inboard-"))
        .toList();
  }

  private List<String> openFiles(Path descriptors) throws IOException {
    try (var files = Files.list(descriptors)) {
      return files
          .map(WorkflowSqliteIT::target)
          .filter(file -> file.startsWith(folder.toString()))
          .toList();
    }
  }

  private static String target(Path descriptor) {
    try {
      return Files.readSymbolicLink(descriptor).toString();
    } catch (IOException e) { // closed meanwhile
      return "";
    }
  }
}
